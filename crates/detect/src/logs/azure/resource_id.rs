//! Azure resource ids: which machine, of which type, in which subscription and group.

/// What follows belongs to the machine before it.
const CUTS: &[&str] = &[
    "/extensions/",
    "/runcommands/",
    "/providers/microsoft.serialconsole/",
    "/providers/microsoft.hybridconnectivity/",
    // The machine's hypervisor has an instance of it, which is always called `default`.
    "/providers/microsoft.azurestackhci/virtualmachineinstances",
    "/providers/microsoft.connectedvmwarevsphere/virtualmachineinstances",
    "/providers/microsoft.scvmm/virtualmachineinstances",
];

/// Types whose spelling is lost when Event Hubs writes ids in upper case.
const TYPES: &[&str] = &[
    "Microsoft.Automation/automationAccounts",
    "Microsoft.Automation/automationAccounts/jobs",
    "Microsoft.Automation/automationAccounts/runbooks",
    "Microsoft.Automation/automationAccounts/webhooks",
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
    "Microsoft.Compute/virtualMachines",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.HybridCompute/machines",
    "Microsoft.Network/bastionHosts",
    "Microsoft.SerialConsole/consoleServices",
];

/// A resource id without what hangs below the machine.
pub(in crate::logs) fn machine(id: &str) -> &str {
    let lower = id.to_ascii_lowercase();
    let end = CUTS.iter().filter_map(|cut| lower.find(cut)).min().unwrap_or(id.len());
    id[..end].trim_end_matches('/')
}

/// The segment behind one of that name, whatever its case.
pub(in crate::logs) fn segment<'a>(id: &'a str, name: &str) -> Option<&'a str> {
    let mut segments = id.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case(name))?;
    segments.next().filter(|segment| !segment.is_empty())
}

/// `Microsoft.Compute/virtualMachines`, in Azure's own spelling where it is known.
pub(in crate::logs) fn kind(id: &str) -> String {
    let lower = id.to_ascii_lowercase();
    let Some(at) = lower.rfind("/providers/") else {
        return if segment(id, "resourcegroups").is_some() {
            "Microsoft.Resources/resourceGroups".to_owned()
        } else if segment(id, "subscriptions").is_some() {
            "Microsoft.Resources/subscriptions".to_owned()
        } else {
            String::new()
        };
    };
    let mut segments = id[at + "/providers/".len()..].split('/');
    let mut kind = segments.next().unwrap_or_default().to_owned();
    // Types and names take turns.
    for name in segments.step_by(2) {
        kind.push('/');
        kind.push_str(name);
    }
    TYPES.iter().find(|known| known.eq_ignore_ascii_case(&kind)).map_or(kind, |known| (*known).to_owned())
}
