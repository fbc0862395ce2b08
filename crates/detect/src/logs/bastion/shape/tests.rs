use serde_json::json;

use crate::event::LogType;
use crate::event::testing::read;

#[test]
fn a_row_of_the_table_that_all_resources_share_says_who_and_what() {
    let (log, facts) = read(
        &json!({"Type": "AzureDiagnostics", "Category": "BastionAuditLogs", "TimeGenerated": "2026-11-20T09:00:00Z",
        "OperationName": "Microsoft.Network/BastionHost/connect", "userEmail_s": "dana@example.com", "clientIpAddress_s": "198.51.100.23",
        "targetResourceId_s": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web",
        "tunnelId_g": "00000000-0000-0000-0000-0000000070e1", "message_s": "Login Failed"}),
    );
    assert_eq!(log, LogType::BastionAudit);
    assert_eq!(facts.actor.display, "dana@example.com");
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.23");
    assert_eq!(
        facts.target.names[0],
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web"
    );
    assert_eq!(facts.session_id.as_deref(), Some("00000000-0000-0000-0000-0000000070e1"));
}
