use serde_json::{Value, json};
use trailhound_sigma::json::Document;

use super::read;

fn opened(parameters: &Value) -> Option<bool> {
    read(&Document::parse(&json!({"requestParameters": parameters}).to_string()).unwrap())
}

fn ingress(permissions: &Value) -> Option<bool> {
    opened(&json!({"groupId": "sg-1", "ipPermissions": {"items": permissions}}))
}

fn permission(protocol: &str, from: i64, to: i64, network: &str) -> Value {
    json!({"ipProtocol": protocol, "fromPort": from, "toPort": to, "groups": {}, "ipv6Ranges": {},
        "ipRanges": {"items": [{"cidrIp": network}]}})
}

#[test]
fn each_permission_counts_by_itself() {
    let web = permission("tcp", 443, 443, "0.0.0.0/0");
    assert_eq!(ingress(&json!([web, permission("tcp", 22, 22, "10.0.0.0/8")])), Some(false));
    assert_eq!(ingress(&json!([web, permission("icmp", -1, -1, "0.0.0.0/0")])), Some(false));
    assert_eq!(ingress(&json!([web, permission("tcp", 22, 22, "0.0.0.0/0")])), Some(true));
    assert_eq!(ingress(&json!([permission("tcp", 0, 65535, "0.0.0.0/1")])), Some(true));
    assert_eq!(ingress(&json!([permission("udp", 3389, 3389, "::/0")])), Some(true));
    assert_eq!(
        ingress(&json!([{"ipProtocol": "-1", "ipRanges": {"items": [{"cidrIp": "128.0.0.0/1"}]}}])),
        Some(true)
    );
}

#[test]
fn a_call_may_name_one_permission_flat() {
    let flat =
        json!({"groupId": "sg-1", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIp": "0.0.0.0/0"});
    assert_eq!(opened(&flat), Some(true));
}

#[test]
fn a_rule_that_is_changed_and_ports_of_lightsail() {
    let changed = |port: i64| {
        let rule = json!({"SecurityGroupRuleId": "sgr-1", "SecurityGroupRule":
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIpv4": "0.0.0.0/0"}});
        let rules =
            json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-1", "SecurityGroupRule": rule}});
        opened(&rules)
    };
    assert_eq!((changed(22), changed(8443)), (Some(true), Some(false)));
    let ports = |port: &Value| opened(&json!({"portInfos": [port]}));
    assert_eq!(ports(&json!({"fromPort": 22, "toPort": 22, "protocol": "tcp"})), Some(true));
    assert_eq!(ports(&json!({"fromPort": 443, "toPort": 443, "protocol": "tcp"})), Some(false));
    let one = json!({"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrs": ["203.0.113.9/32"]});
    assert_eq!(ports(&one), Some(false));
    let console =
        json!({"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrListAliases": ["lightsail-connect"]});
    assert_eq!(ports(&console), Some(false));
    assert_eq!(opened(&json!({"groupId": "sg-1"})), None);
}
