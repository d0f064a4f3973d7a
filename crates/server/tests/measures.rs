//! What a place lives by, from events to the answer: numbers set by hand, and a reason wherever there is none.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;
mod telling;

use serde_json::json;
use support::House;
use telling::{Events, ask, assert_told, at, house, measure, measures};
use throng_model::calendar::Week;
use throng_model::time::{HOUR, MINUTE};

/// A Saturday of a place that is open from nine to twelve. From ten to eleven its camera is out.
///
/// ```text
/// 08:30  +2      2 inside    before it opens
/// 09:00  +8     10 inside    full
/// 09:30  -4      6 inside
/// 10:00                      nobody looks
/// 11:00  +2      8 inside
/// 11:30  -8      0 inside
/// ```
async fn saturday() -> House {
    let mut events = Events::default();
    events.alive(at("2026-03-28T08:00:00Z"), at("2026-03-28T10:00:00Z"));
    events.alive(at("2026-03-28T11:00:00Z"), at("2026-03-28T12:00:00Z"));
    events.line(at("2026-03-28T08:30:00Z"), "in", 2, Some(0.75));
    events.line(at("2026-03-28T09:00:00Z"), "in", 8, Some(1.0));
    events.line(at("2026-03-28T09:30:00Z"), "out", 4, None);
    events.line(at("2026-03-28T11:00:00Z"), "in", 2, None);
    events.line(at("2026-03-28T11:30:00Z"), "out", 8, None);
    for (minute, seconds) in [(1, 60), (2, 120), (3, 600)] {
        let data = json!({"zone": "own-zone", "dwell_s": seconds});
        events.add(
            at("2026-03-28T11:30:00Z").plus(minute * MINUTE),
            "zone_out",
            data,
            None,
        );
    }
    for (minute, length) in [(5, 3), (6, 5)] {
        let data = json!({"zone": "own-zone", "len": length});
        events.add(
            at("2026-03-28T11:30:00Z").plus(minute * MINUTE),
            "queue",
            data,
            None,
        );
    }
    // On Sunday, two seconds ago: three people whose direction nobody saw.
    events.line(at("2026-03-29T11:59:58Z"), "unknown", 3, None);
    let week = Week {
        saturday: vec!["09:00-12:00".parse().unwrap()],
        ..Week::default()
    };
    house("UTC", week, &events).await
}

/// Three stays ended after 10, 20 and 30 s; two tracks were lost after 40 s.
#[tokio::test(flavor = "multi_thread")]
async fn stays_that_were_cut_lengthen_the_percentiles_and_are_told() {
    let mut events = Events::default();
    events.alive(at("2026-03-28T08:00:00Z"), at("2026-03-28T09:00:00Z"));
    let stays = [
        (10, "boundary"),
        (20, "boundary"),
        (30, "boundary"),
        (40, "track_end"),
        (40, "timeout"),
    ];
    for (minute, (seconds, kind)) in (1..).zip(stays) {
        let data = json!({"zone": "own-zone", "dwell_s": seconds, "dwell_kind": kind});
        events.add(
            at("2026-03-28T08:00:00Z").plus(minute * MINUTE),
            "zone_out",
            data,
            None,
        );
    }
    let house = house("UTC", Week::default(), &events).await;
    let range = "start=2026-03-28T08:00:00Z&end=2026-03-28T09:00:00Z";
    let (_, told) = measures(&house, "own", range).await;
    let expected = [
        ("dwell", json!(20.0)),
        ("dwell_censored_share", json!(0.4)),
        // Two of five still go on when the last one that was seen to end has ended.
        ("dwell_p90", json!("too_many_cut")),
    ];
    for (name, value) in expected {
        assert_eq!(told[name], value, "{name}");
    }
    let median = told["dwell_p50"].as_f64().unwrap();
    assert!(
        (median - 30.0).abs() <= 0.3,
        "of those that ended it is 20, not {median}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_measure_is_the_number_set_by_hand_or_says_why_not() {
    let house = saturday().await;
    let range = "start=2026-03-28T08:10:00Z&end=2026-03-28T12:00:00Z";
    let (answer, told) = measures(&house, "own", range).await;
    assert_eq!(
        (
            &answer["placeId"],
            &answer["capacity"],
            &answer["state"],
            &answer["openHours"]
        ),
        (&json!("own"), &json!(10), &json!("final"), &json!(3.0))
    );
    assert_eq!(
        answer["wholeHours"],
        json!({"start": "2026-03-28T08:00:00.000Z", "end": "2026-03-28T12:00:00.000Z"})
    );
    let expected = [
        ("in", json!(12.0)),
        ("out", json!(12.0)),
        ("pass", json!(0.0)),
        ("net", json!(0.0)),
        ("visitors", json!(12.0)),
        // Ten came and twelve left in the two open hours in which somebody looked.
        ("flow_in", json!(10.0 / 120.0)),
        ("flow_out", json!(12.0 / 120.0)),
        ("flow_per_metre", json!("no_width")),
        // From 08:15: two in the second quarter and eight in the fourth.
        ("peak_hour", json!(10.0)),
        ("peak_hour_factor", json!(10.0 / 32.0)),
        // One, eight and four inside in the mean of the three hours.
        ("occupancy", json!(13.0 / 3.0)),
        ("stay", json!(13.0 * 3_600.0 / 12.0)),
        ("utilisation", json!(0.6)),
        ("time_at_capacity", json!(0.25)),
        ("time_used", json!(0.5)),
        ("up_time", json!(2.0 / 3.0)),
        ("dwell", json!(260.0)),
        ("dwell_censored_share", json!(0.0)),
        ("queue", json!(4.0)),
        ("queue_max", json!(5.0)),
        ("queue_wait", json!("not_a_zone")),
        ("imbalance", json!(0.0)),
        // 13/3 inside; 12 in three hours who stay 260 s would be 13/45.
        ("little_difference", json!(1.75)),
        ("confidence", json!(0.875)),
        // All of it came a day later: the camera had stored it.
        ("latency", json!("not_measured")),
        // Five crossings, three stays, two queues.
        ("throughput", json!(10.0 / 180.0)),
        ("accuracy", json!("not_validated")),
        ("visitors_by_staff_hour", json!("no_rota")),
    ];
    assert_told(&told, &expected);
    for (name, seconds) in [("dwell_p50", 120.0), ("dwell_p90", 600.0), ("dwell_p95", 600.0)] {
        let got = told[name].as_f64().unwrap();
        assert!((got - seconds).abs() <= seconds / 100.0, "{name} is {got}");
    }
    let rested_on = |name: &str| {
        let measure = measure(&answer, name);
        (measure["hours"].clone(), measure["coverage"].clone())
    };
    assert_eq!(rested_on("in"), (json!("all"), json!(0.75)));
    assert_eq!(rested_on("utilisation"), (json!("open"), json!(2.0 / 3.0)));
    assert_eq!(measure(&answer, "peak_hour")["at"], "2026-03-28T08:15:00.000Z");
    assert!(measure(&answer, "in")["at"].is_null());

    // Places side by side say the same of the same hours.
    let (_, aggregated) = ask(&house, &format!("aggregated?groupBy=building&{range}")).await;
    let groups = aggregated["data"].as_array().unwrap();
    let own = &groups.iter().find(|group| group["groupId"] == "own").unwrap()["metrics"];
    assert_eq!(
        (
            &own["totalCount"],
            &own["avgOccupancy"],
            &own["efficiency"],
            &own["peakHour"]
        ),
        (
            &json!(12),
            &told["occupancy"],
            &told["utilisation"],
            &measure(&answer, "peak_hour")["at"]
        )
    );

    // The zone holds nobody knows how many; a queue can stand in it. It is open as the building around it.
    let (answer, told) = measures(&house, "own-zone", range).await;
    assert!(answer["capacity"].is_null());
    let expected = [
        ("utilisation", json!("no_capacity")),
        ("time_at_capacity", json!("no_capacity")),
        ("time_used", json!(0.5)),
        ("flow_in", json!(10.0 / 120.0)),
        // Four wait, and one leaves every 900 seconds.
        ("queue_wait", json!(3_600.0)),
    ];
    assert_told(&told, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_too_little_was_observed_counts_stay_and_rates_go() {
    let house = saturday().await;
    let (answer, told) = measures(
        &house,
        "own",
        "start=2026-03-28T00:00:00Z&end=2026-03-28T12:00:00Z",
    )
    .await;
    let expected = [
        ("in", json!(12.0)),
        ("peak_hour", json!(10.0)),
        ("dwell", json!(260.0)),
        ("occupancy", json!("too_little_coverage")),
        ("stay", json!("too_little_coverage")),
        ("imbalance", json!("too_little_coverage")),
        ("throughput", json!("too_little_coverage")),
        // Of the open hours enough is known.
        ("flow_in", json!(10.0 / 120.0)),
        ("utilisation", json!(0.6)),
    ];
    assert_told(&told, &expected);
    // Three hours of the seven since the camera is known.
    assert_eq!(measure(&answer, "in")["coverage"], json!(3.0 / 7.0));

    // Two came, eight left, and four were inside in the mean: the two would have stayed for two hours of one.
    let hour = "start=2026-03-28T11:00:00Z&end=2026-03-28T12:00:00Z";
    let (_, told) = measures(&house, "own", hour).await;
    assert_told(
        &told,
        &[("stay", json!("stay_too_long")), ("imbalance", json!(-6.0 / 5.0))],
    );

    // Ten seconds of Sunday's hour were observed, two seconds before now.
    let now = "start=2026-03-29T11:00:00Z&end=2026-03-29T12:00:00Z";
    let (answer, told) = measures(&house, "own", now).await;
    assert_eq!(
        (&answer["state"], &measure(&answer, "in")["coverage"]),
        (&json!("live"), &json!(1.0 / 360.0))
    );
    let expected = [
        ("pass", json!(3.0)),
        ("in", json!(0.0)),
        ("peak_hour", json!(3.0)),
        ("peak_hour_factor", json!("too_coarse")),
        ("latency", json!(2_000.0)),
        ("stay", json!("too_little_coverage")),
        ("flow_in", json!("never_open")),
    ];
    assert_told(&told, &expected);

    for (day, open, all) in [
        (
            "start=2026-03-21T00:00:00Z&end=2026-03-22T00:00:00Z",
            "nothing_observed",
            "nothing_observed",
        ),
        (
            "start=2026-03-27T00:00:00Z&end=2026-03-28T00:00:00Z",
            "never_open",
            "nothing_observed",
        ),
        (
            "start=2026-04-04T00:00:00Z&end=2026-04-05T00:00:00Z",
            "not_begun",
            "not_begun",
        ),
    ] {
        let (_, told) = measures(&house, "own", day).await;
        assert_told(
            &told,
            &[
                ("utilisation", json!(open)),
                ("up_time", json!(open)),
                ("in", json!(all)),
                ("dwell_p95", json!(all)),
            ],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_on_which_the_clocks_change_has_its_own_hours() {
    // New York, 8 March: 23 hours, from 05:00Z. Three people stay for the first half of every hour.
    let (start, end) = (at("2026-03-08T05:00:00Z"), at("2026-03-09T04:00:00Z"));
    let mut events = Events::default();
    events.alive(start, end);
    for hour in 0..23 {
        events.line(start.plus(hour * HOUR), "in", 3, None);
        events.line(start.plus(hour * HOUR + HOUR / 2), "out", 3, None);
    }
    events.add(at("2026-03-10T00:00:00Z"), "beat", json!({}), None);
    // Midnight to six on the wall: five hours of that night.
    let week = Week {
        sunday: vec!["00:00-06:00".parse().unwrap()],
        ..Week::default()
    };
    let house = house("America/New_York", week, &events).await;
    let (answer, told) = measures(
        &house,
        "own",
        "start=2026-03-08T05:00:00Z&end=2026-03-09T04:00:00Z",
    )
    .await;
    assert_eq!(answer["openHours"], 5.0);
    assert_eq!(measure(&answer, "in")["coverage"], 1.0);
    let expected = [
        ("in", json!(69.0)),
        ("flow_in", json!(15.0 / 300.0)),
        ("occupancy", json!(1.5)),
        ("stay", json!(1_800.0)),
        ("utilisation", json!(0.15)),
        ("time_at_capacity", json!(0.0)),
        ("time_used", json!(0.5)),
        ("up_time", json!(1.0)),
        ("peak_hour", json!(3.0)),
        ("dwell", json!("not_measured")),
        ("queue", json!("not_measured")),
        ("confidence", json!("not_measured")),
        ("throughput", json!(46.0 / (23.0 * 60.0))),
    ];
    assert_told(&told, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_long_a_range_is_refused_with_its_limit() {
    let house = saturday().await;
    let (status, answer) = ask(
        &house,
        "places/own/measures?start=2024-03-28T00:00:00Z&end=2026-03-28T00:00:00Z",
    )
    .await;
    assert_eq!(status, 400);
    assert!(
        answer["detail"].as_str().unwrap().contains("367 days"),
        "{answer}"
    );
}

/// A recording that ended, and a camera that fell silent: nobody waits for them for ever.
#[tokio::test]
async fn an_hour_after_its_end_a_bucket_is_not_live_even_where_nothing_more_is_heard() {
    let mut events = Events::default();
    events.line(at("2026-03-28T20:30:00Z"), "in", 1, None);
    let house = house("UTC", Week::default(), &events).await;
    let states = async |scope: &str| {
        let range = "start=2026-03-28T20:00:00Z&end=2026-03-29T13:00:00Z";
        let (status, answer) = ask(&house, &format!("{scope}?interval=hour&metrics=in&{range}")).await;
        assert_eq!(status, 200, "{answer}");
        let buckets = answer["data"].as_array().unwrap().iter();
        buckets
            .map(|bucket| bucket["state"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // It is noon: the hour before last ended an hour ago.
    let mut expected = vec!["final"; 14];
    expected.extend(["provisional", "live", "live"]);
    assert_eq!(states("historical/own-door").await, expected);
    assert_eq!(states("places/own/historical").await, expected);
    // Nothing was ever heard here: there is nothing to be sure of.
    assert_eq!(states("historical/foreign-door").await, ["live"; 17]);
}
