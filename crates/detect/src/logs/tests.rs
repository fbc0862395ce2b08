use super::list::{LOGS, of};
use crate::log_type::LogType;

#[test]
fn the_list_is_in_the_order_of_its_names() {
    assert_eq!(LOGS.len(), LogType::ALL.len());
    for (at, log) in LogType::ALL.iter().enumerate() {
        assert!(std::ptr::eq(LOGS[at], of(*log)), "{log:?}");
    }
}
