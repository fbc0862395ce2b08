use super::*;

#[test]
fn patterns_that_name_nearly_everybody_are_told_from_those_that_name_some() {
    for wide in [
        "*",
        "**",
        "* *",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::111122223333:*",
        "arn:aws:iam::111122223333:role/**",
        "arn:aws:iam::*:role/admin*",
        "deploy-*",
        "*@*",
        "1111*",
        "arn:**",
        "arn:aws:sts::111122223333:assumed-role/*",
        "**role**",
        "AROA*",
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*",
        "arn:aws:iam::111122223333:role/aws-service-role/**",
        "arn:aws:iam::111122223333:role/*a*",
        "arn:aws:iam::111122223333:**e**",
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_*",
        "**AWSReservedSSO_*",
        "**@example.com",
        "*#*@example.com",
        "**#admin*@example.com",
        "*@*.example.com",
    ] {
        assert!(too_wide(wide).is_some(), "{wide}");
    }
    for some in [
        "arn:aws:iam::111122223333:role/ci/ansible-*",
        "arn:aws:iam::111122223333:role/ci/*",
        "**:role/platform-deployer-*",
        "11112222*",
        "deploy",
        "1",
        "**#jane.doe@*",
        "*#dana@example.com",
        "arn:aws:iam::111122223333:role/adm*",
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Platform_*",
    ] {
        assert_eq!(too_wide(some), None, "{some}");
    }
}

#[test]
fn networks_that_hold_nearly_everybody_are_told() {
    let nets = |list: &[&str]| list.iter().map(|net| net.parse().unwrap()).collect::<Vec<IpNet>>();
    for wide in [&["0.0.0.0/0"][..], &["0.0.0.0/1", "128.0.0.0/1"], &["::/0"], &["2000::/3"], &["64.0.0.0/7"]]
    {
        assert!(hold_too_many(&nets(wide)), "{wide:?}");
    }
    let all: Vec<String> = (0..17).map(|a| format!("{a}.0.0.0/8")).collect();
    assert!(hold_too_many(&nets(&all.iter().map(String::as_str).collect::<Vec<_>>())));
    assert!(!hold_too_many(&nets(&["10.0.0.0/8"; 20])), "one network is one, however often it is named");
    for some in
        [&["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"][..], &["203.0.113.0/24"], &["2001:db8::/32"]]
    {
        assert!(!hold_too_many(&nets(some)), "{some:?}");
    }
}
