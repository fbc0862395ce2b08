//! The rules in force in the world: the shipped ones, a step that names who assumes roles, and beside them some in shadow
//! that want all that these want.

use std::sync::{Arc, OnceLock};

use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::rules::{Loading, RuleFile, load_as};

/// A session as the shipped rule has it, of the same family, so that both ask the same of memory; a command; and what both
/// add up to together with what alerts.
const IN_SHADOW: &str = "\
title: A session, in shadow
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a9001
name: shadow-session
status: experimental
level: high
logsource: {product: aws, service: cloudtrail}
detection: {selection: {eventName: StartSession}, condition: selection}
trailhound:
    shadow: true
    family: session
    baseline:
        - first: [actor, action]
          within: 90d
          level: critical
---
title: A command, in shadow
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a9002
name: shadow-command
status: experimental
level: high
logsource: {product: azure, service: activitylogs}
detection:
    selection: {operationName: MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION}
    condition: selection
trailhound: {shadow: true}
---
title: Sessions, in shadow
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a9003
name: shadow-burst
status: experimental
level: critical
correlation:
    type: event_count
    rules: [aws-ssm-session-shell, shadow-session]
    group-by: [n.actor.key]
    timespan: 10m
    condition: {gte: 2}
    generate: true
trailhound: {shadow: true}
";

/// What hands out the session in which the operator acts; nobody is told of it alone.
const STEP: &str = "\
title: A role assumed
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a9004
name: world-role-assumed
status: experimental
level: informational
logsource: {product: aws, service: cloudtrail}
detection: {selection: {eventSource: sts.amazonaws.com, eventName: AssumeRole}, condition: selection}
trailhound: {alone: false, family: world}
";

/// All of them, compiled once.
pub fn pipeline() -> &'static Arc<Pipeline> {
    static PIPELINE: OnceLock<Arc<Pipeline>> = OnceLock::new();
    PIPELINE.get_or_init(|| {
        let files = [("shadow.yml", IN_SHADOW), ("step.yml", STEP)];
        let files = files.map(|(path, text)| RuleFile { path: path.to_owned(), text: text.to_owned() });
        let loaded = load_as(&files, Loading::default());
        let errors: Vec<_> = loaded.errors().collect();
        assert!(errors.is_empty(), "{errors:?}");
        Arc::new(Pipeline::new(Arc::new(loaded.rules)))
    })
}
