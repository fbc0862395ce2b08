//! What the steps that an EMR cluster is given run.

use trailhound_sigma::json::{Document, Node};

use crate::facts::StepRuns;
use crate::logs::node::{Texts, texts_of};

/// What EMR's own runner takes for jobs of data. What stands behind it is the job's; before it, anything runs.
const JOBS: &[&str] = &["spark-submit", "hive-script", "pig-script", "s3-dist-cp", "hadoop-streaming"];

/// Each kind once; a step is judged by itself, whatever stands beside it.
pub(super) fn read(record: &Document<'_>, action: &str) -> Vec<StepRuns> {
    if action != "elasticmapreduce:AddJobFlowSteps" {
        return Vec::new();
    }
    let steps = record.get("requestParameters.steps");
    let mut runs: Vec<StepRuns> = steps.into_iter().flat_map(Node::members).map(runs).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

fn runs(step: Node<'_>) -> StepRuns {
    let arguments = step.get("hadoopJarStep.args").map(texts_of).unwrap_or_default();
    let is_runner = step.string("hadoopJarStep.jar").is_none_or(|jar| jar.ends_with("command-runner.jar"));
    let is_job = is_runner && arguments.first().is_some_and(|first| JOBS.contains(&first.as_str()));
    // Streaming starts a program for each part of the data; one with arguments is a command line.
    let is_command = |two: &[String]| {
        matches!(two[0].as_str(), "-mapper" | "-reducer" | "-combiner")
            && two[1].contains(char::is_whitespace)
    };
    if is_job && !arguments.windows(2).any(is_command) { StepRuns::Job } else { StepRuns::Command }
}
