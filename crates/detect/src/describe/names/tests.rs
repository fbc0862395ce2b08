use super::*;

#[test]
fn a_member_is_called_with_its_group() {
    let compute = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute";
    for (path, name) in [
        ("virtualMachines/vm1", "vm1"),
        ("virtualMachineScaleSets/WEB/virtualMachines/3", "WEB/3"),
        ("VIRTUALMACHINESCALESETS/WEB/VIRTUALMACHINES/WEB_1A2B/", "WEB/WEB_1A2B"),
        ("virtualMachineScaleSets/WEB", "WEB"),
        ("cloudServices/shop/roleInstances/Web_IN_0", "shop/Web_IN_0"),
    ] {
        assert_eq!(short_name(&format!("{compute}/{path}")), name);
    }
    assert_eq!(short_name("arn:aws:ecs:eu-west-1:111122223333:task/c/0123"), "0123");
    assert_eq!(short_name("i-0123456789abcdef0"), "i-0123456789abcdef0");
}
