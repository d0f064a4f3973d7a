/** The server's rule; said before the click, because a refusal afterwards costs a person a second try. */
export const PASSWORD_LENGTH = 12;

/** As the server counts: characters, not the halves in which scripts store some of them. */
export const isTooShort = (password: string) => [...password].length < PASSWORD_LENGTH;
