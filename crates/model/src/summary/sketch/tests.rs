use super::*;

#[test]
fn buckets_tile_the_integers() {
    let mut expected_low = 0;
    for bucket in 0..=bucket_of(i64::from(u32::MAX)) {
        let (low, high) = bucket_bounds(bucket);
        assert_eq!(low, expected_low, "bucket {bucket}");
        assert_eq!((bucket_of(low), bucket_of(high)), (bucket, bucket));
        assert_eq!((bucket_of(-low), bucket_of(-high)), (-bucket, -bucket));
        assert!(
            (high - low) as f64 / 2.0 <= low as f64 / 128.0 + 0.5,
            "bucket {bucket} is too wide"
        );
        expected_low = high + 1;
    }
    assert!(bucket_of(i64::MAX) > 0, "the widest value still fits the key");
}

#[test]
fn wide_contents_are_pairs_and_narrow_ones_a_run_again() {
    let (near, far) = (Sketch::from_iter([(5, 1), (9, 2)]), Sketch::from_iter([(400, 7)]));
    let mut sketch = near.clone();
    sketch.merge(&far);
    assert_eq!(sketch.pairs, [(5, 1), (9, 2), (400, 7)].map(Pair::from));
    let mut backwards = far.clone();
    backwards.merge(&near);
    assert_eq!(sketch, backwards);
    sketch.merge(&backwards);
    assert_eq!(sketch.buckets().collect::<Vec<_>>(), [(5, 2), (9, 4), (400, 14)]);
    sketch.take_away(&backwards);
    sketch.take_away(&far);
    assert_eq!(sketch, near);
    sketch.take_away(&near);
    assert_eq!(sketch, Sketch::default());
}

#[test]
fn more_than_a_run_can_count_are_pairs() {
    let (near, many) = (Sketch::from_iter([(5, 1), (9, 2)]), 3_000_000_000);
    let mut sketch = near.clone();
    sketch.merge(&Sketch::from_iter([(5, many), (7, many)]));
    assert_eq!(sketch.pairs, [(5, many + 1), (7, many), (9, 2)].map(Pair::from));
    sketch.add(7, many);
    assert_eq!(sketch.buckets().nth(1), Some((7, 2 * many)));
    sketch.take_away(&Sketch::from_iter([(5, many), (7, 2 * many)]));
    assert_eq!((&sketch, sketch.pairs.len()), (&near, 0));
}

#[test]
fn empty_ends_make_room_in_a_run() {
    for (gone, more) in [(5, 134), (9, -120)] {
        let mut sketch = Sketch::from_iter([(5, 1), (9, 1)]);
        sketch.remove_one(gone);
        sketch.add_bucket(more, 2);
        let mut expected = [(14 - gone, 1), (more, 2)];
        expected.sort_unstable();
        assert_eq!(sketch.buckets().collect::<Vec<_>>(), expected);
        assert!(sketch.pairs.is_empty(), "{more} is near enough to what is left");
    }
}

#[test]
fn every_rank_of_a_merge_is_found() {
    let near: [&[(i16, u64)]; 2] = [&[(5, 1), (9, 2)], &[(7, 3), (9, 1)]];
    let wide: [&[(i16, u64)]; 2] = [&[(5, 1), (400, 2)], &[(-3, 3), (7, 1), (400, 2)]];
    let one: [&[(i16, u64)]; 2] = [&[(8, 2)], &[(8, 3)]];
    let sketch = |counts: &[(i16, u64)]| counts.iter().copied().collect::<Sketch>();
    let assert_ranks = |sketch: &Sketch, counts: &[(i16, u64)]| {
        let each = counts
            .iter()
            .flat_map(|(bucket, times)| (0..*times).map(|_| *bucket));
        let mut each: Vec<i16> = each.collect();
        each.sort_unstable();
        for (rank, bucket) in (1..).zip(&each) {
            assert_eq!(
                sketch.bucket_of_rank(rank),
                Some(*bucket),
                "rank {rank} of {each:?}"
            );
        }
        assert_eq!(sketch.bucket_of_rank(each.len() as u64 + 1), None);
    };
    for [ours, theirs] in [near, wide, one, [near[0], wide[1]], [wide[0], near[1]]] {
        let mut merged = sketch(ours);
        merged.merge(&sketch(theirs));
        assert_ranks(&merged, &[ours, theirs].concat());
        merged.take_away(&sketch(theirs));
        assert_ranks(&merged, ours);
    }
}

#[test]
fn a_cleared_sketch_is_a_new_one() {
    let mut sketch = Sketch::from_iter([(5, 1), (9, 2)]);
    sketch.clear();
    assert_eq!(sketch, Sketch::default());
    sketch.add(7, 2);
    assert_eq!(sketch, Sketch::from_iter([(7, 2)]));
}

#[test]
fn what_fills_a_run_is_counted_on_in_pairs() {
    let mut sketch = Sketch::from_iter([(5, RUN_COUNT_MAX - 1), (6, 1)]);
    sketch.remove_one(6);
    assert!(!sketch.run.is_empty());
    sketch.add(5, 1);
    sketch.add(5, 1);
    assert_eq!(sketch.buckets().collect::<Vec<_>>(), [(5, RUN_COUNT_MAX + 1)]);
}

#[test]
fn a_run_reaches_across_zero() {
    let mut sketch = Sketch::default();
    for value in [-5, 1, 10, -5, 4] {
        sketch.add(value, 1);
    }
    let buckets: Vec<_> = sketch.buckets().collect();
    assert_eq!(buckets, [(-5, 2), (1, 1), (4, 1), (10, 1)]);
}

#[test]
fn sketches_are_compared_by_what_they_hold() {
    let hash = |sketch: &Sketch| {
        let mut hasher = std::hash::DefaultHasher::new();
        sketch.hash(&mut hasher);
        hasher.finish()
    };
    let (near, far) = (Sketch::from_iter([(5, 1), (9, 2)]), Sketch::from_iter([(400, 7)]));
    let mut back = near.clone();
    back.merge(&far);
    assert!(back != near && hash(&back) != hash(&near));
    back.take_away(&far);
    assert_eq!((&back, hash(&back)), (&near, hash(&near)));
    assert!(!near.is_empty() && Sketch::default().is_empty());
}
