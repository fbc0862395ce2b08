//! The least a Lambda with the same clients can be: what the start of `bootstrap` is measured against.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use trailhound_aws::clients;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let clients = clients::connect(Some("us-east-1"), true).await;
    let sns = clients.sns("arn:aws:sns:us-east-1:111122223333:findings");
    let run = service_fn(move |_: LambdaEvent<Value>| {
        let (clients, sns) = (clients.clone(), sns.clone());
        async move { Ok::<_, Error>(format!("{:?} {:?}", clients.s3.config().region(), sns.config().region())) }
    });
    lambda_runtime::run(run).await
}
