use super::{Reporter, Workload, apart, built, write_csv};

#[test]
fn w5_has_its_two_peaks_and_all_its_cameras() {
    let crossings = Workload::w5(100_000, 50).crossings();
    let in_hour = |hour: u32| {
        crossings
            .iter()
            .filter(|c| c.received_ms / 3_600_000 == hour)
            .count()
    };
    assert_eq!(crossings.len(), 100_000);
    assert!(in_hour(18) > in_hour(12) && in_hour(12) > 2 * in_hour(9) && in_hour(9) > 5 * in_hour(3));
    let mut per_camera = [0_u32; 50];
    crossings.iter().for_each(|c| per_camera[c.camera as usize] += 1);
    assert!(
        per_camera.iter().all(|events| (1_700..2_300).contains(events)),
        "{per_camera:?}"
    );
    assert!(crossings.iter().all(|c| (500..=1_000).contains(&c.confidence)));
}

#[test]
fn the_same_workload_is_the_same_stream() {
    assert_eq!(
        Workload::w_all(1_000, 10).crossings(),
        Workload::w_all(1_000, 10).crossings()
    );
}

#[test]
fn nobody_is_later_than_three_seconds_unless_the_workload_says_so() {
    let behind = |workload: Workload| {
        let crossings = workload.crossings();
        assert!(crossings.is_sorted_by_key(|c| c.received_ms));
        let late = crossings
            .iter()
            .filter(|c| c.received_ms - c.at_ms >= 3_000)
            .count();
        let latest = crossings.iter().map(|c| c.received_ms - c.at_ms).max();
        (late, latest.unwrap())
    };
    assert_eq!(behind(Workload::w5(100_000, 10)).0, 0);
    let (late, latest) = behind(Workload::w_all(100_000, 10));
    assert!((900..1_100).contains(&late), "{late}");
    assert!((3_000_000..3_600_000).contains(&latest), "{latest}");
}

#[test]
fn a_steady_camera_is_as_busy_among_few_as_among_many() {
    let per_second_and_camera = |cameras: u32| {
        let crossings = Workload::steady(20_000, cameras).crossings();
        let lasts = crossings.last().unwrap().received_ms;
        20_000.0 / f64::from(cameras) / (f64::from(lasts) / 1e3)
    };
    for cameras in [10, 1_000] {
        let rate = per_second_and_camera(cameras);
        assert!((rate * 86_400.0 / 10_000.0 - 1.0).abs() < 0.01, "{rate}");
    }
}

#[test]
fn every_camera_that_reports_hangs_somewhere() {
    let (apart, built) = (apart(120).unwrap(), built(120).unwrap());
    assert_eq!((apart.places().len(), built.places().len()), (0, 112));
    let reporter = Reporter::new(120).unwrap();
    for (number, crossing) in Workload::w5(500, 120).crossings().iter().enumerate() {
        let event = reporter.event(crossing, number as u64).unwrap();
        assert!(apart.camera(&event.camera).is_some() && built.camera(&event.camera).is_some());
        assert_eq!(
            (event.at, event.confidence),
            (crossing.at(), Some(crossing.confidence))
        );
    }
}

#[test]
fn peers_read_exact_times_and_values() {
    let mut crossings = Workload::w5(1, 10).crossings();
    let first = crossings.first_mut().unwrap();
    (first.at_ms, first.camera, first.confidence, first.comes_in) = (86_400_000 + 3_723_004, 7, 1_000, true);
    let mut text = Vec::new();
    write_csv(&crossings, &mut text).unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        "2026-11-21 01:02:03.004,7,1,1,1.000\n"
    );
}
