//! CloudTrail objects to measure with: as many records as wanted, all from one seed.
//!
//! The mix is that of a busy account: services assuming roles and reading buckets make most of it, people little,
//! and three records in a thousand are what detections look for. A record has about 1.5 KB. All values are
//! documentation values.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Makes records, the same for the same seed.
#[derive(Clone, Debug)]
pub struct Generator {
    state: u64,
    serial: u64,
}

/// A kind of call: its weight in ten thousand, source, name, whether it only reads, request and response.
struct Call {
    weight: u64,
    source: &'static str,
    name: &'static str,
    read_only: bool,
    request: &'static str,
    response: &'static str,
}

const fn call(
    weight: u64,
    source: &'static str,
    name: &'static str,
    read_only: bool,
    request: &'static str,
    response: &'static str,
) -> Call {
    Call { weight, source, name, read_only, request, response }
}

/// In requests and responses `~` stands for a random hexadecimal digit.
const CALLS: &[Call] = &[
    call(
        2600,
        "sts",
        "AssumeRole",
        true,
        r#"{"roleArn":"arn:aws:iam::111122223333:role/service-~~~~~~","roleSessionName":"session-~~~~~~~~~~~~~~~~","durationSeconds":3600}"#,
        r#"{"credentials":{"accessKeyId":"ASIAEXAMPLE~~~~~~~~~","sessionToken":"IQoJb3JpZ2luX2VjE~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~","expiration":"Jan 5, 2026, 4:00:00 PM"},"assumedRoleUser":{"assumedRoleId":"AROAEXAMPLE:session","arn":"arn:aws:sts::111122223333:assumed-role/service/session"}}"#,
    ),
    call(
        1500,
        "s3",
        "GetObject",
        true,
        r#"{"bucketName":"example-bucket-~~~","Host":"example-bucket.s3.eu-central-1.amazonaws.com","key":"data/year=2026/month=01/part-~~~~~~~~-~~~~.parquet"}"#,
        "null",
    ),
    call(
        900,
        "s3",
        "PutObject",
        false,
        r#"{"bucketName":"example-bucket-~~~","Host":"example-bucket.s3.eu-central-1.amazonaws.com","x-amz-acl":"bucket-owner-full-control","key":"logs/~~~~~~~~-~~~~-~~~~.gz"}"#,
        r#"{"x-amz-server-side-encryption":"aws:kms","x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:eu-central-1:111122223333:key/~~~~~~~~-0000-0000-0000-~~~~~~~~~~~~"}"#,
    ),
    call(
        1200,
        "kms",
        "Decrypt",
        true,
        r#"{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::example-bucket/data/~~~~~~~~"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
        "null",
    ),
    call(
        700,
        "kms",
        "GenerateDataKey",
        true,
        r#"{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::example-bucket/logs/~~~~~~~~"},"keySpec":"AES_256","keyId":"arn:aws:kms:eu-central-1:111122223333:key/~~~~~~~~-0000-0000-0000-~~~~~~~~~~~~"}"#,
        "null",
    ),
    call(
        800,
        "ec2",
        "DescribeInstances",
        true,
        r#"{"filterSet":{"items":[{"name":"tag:Name","valueSet":{"items":[{"value":"worker-~~~~"}]}}]},"instancesSet":{}}"#,
        "null",
    ),
    call(
        400,
        "ec2",
        "DescribeNetworkInterfaces",
        true,
        r#"{"networkInterfaceIdSet":{"items":[{"networkInterfaceId":"eni-0~~~~~~~~~~~~~~~~"}]},"filterSet":{}}"#,
        "null",
    ),
    call(
        300,
        "logs",
        "CreateLogStream",
        false,
        r#"{"logGroupName":"/aws/lambda/example-~~~~","logStreamName":"2026/01/05/[$LATEST]~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~"}"#,
        "null",
    ),
    call(400, "dynamodb", "DescribeTable", true, r#"{"tableName":"example-table-~~"}"#, "null"),
    call(
        300,
        "ecr",
        "BatchGetImage",
        true,
        r#"{"registryId":"111122223333","repositoryName":"example/service","imageIds":[{"imageDigest":"sha256:~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~"}]}"#,
        "null",
    ),
    call(200, "iam", "GetRolePolicy", true, r#"{"roleName":"service-~~~~~~","policyName":"inline"}"#, "null"),
    call(
        150,
        "iam",
        "PutRolePolicy",
        false,
        r#"{"roleName":"service-~~~~~~","policyName":"inline","policyDocument":"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:GetObject\"], \"Resource\": \"arn:aws:s3:::example-bucket-~~~/*\"}]\n}"}"#,
        "null",
    ),
    call(
        220,
        "ssm",
        "UpdateInstanceInformation",
        false,
        r#"{"instanceId":"i-0~~~~~~~~~~~~~~~~","agentVersion":"3.3.0.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"192.0.2.10","computerName":"ip-192-0-2-10.example.com"}"#,
        "null",
    ),
    call(
        150,
        "elasticloadbalancing",
        "DescribeTargetHealth",
        true,
        r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/example/~~~~~~~~~~~~~~~~"}"#,
        "null",
    ),
    call(
        150,
        "secretsmanager",
        "GetSecretValue",
        true,
        r#"{"secretId":"arn:aws:secretsmanager:eu-central-1:111122223333:secret:example/database-~~~~~~"}"#,
        "null",
    ),
    call(
        12,
        "ssm",
        "StartSession",
        false,
        r#"{"target":"i-0~~~~~~~~~~~~~~~~"}"#,
        r#"{"sessionId":"jane-~~~~~~~~~~~~~~~~","streamUrl":"Value is redacted","tokenValue":"Value is redacted"}"#,
    ),
    call(
        8,
        "ssm",
        "SendCommand",
        false,
        r#"{"documentName":"AWS-RunShellScript","instanceIds":["i-0~~~~~~~~~~~~~~~~"],"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
        r#"{"command":{"commandId":"~~~~~~~~-0000-0000-0000-~~~~~~~~~~~~","documentName":"AWS-RunShellScript","status":"Pending"}}"#,
    ),
    call(
        5,
        "ec2-instance-connect",
        "SendSSHPublicKey",
        false,
        r#"{"instanceId":"i-0~~~~~~~~~~~~~~~~","instanceOSUser":"ec2-user","sSHPublicKey":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI~~~~~~~~~~~~~~~~~~~~~~"}"#,
        r#"{"requestId":"~~~~~~~~-0000-0000-0000-~~~~~~~~~~~~","success":true}"#,
    ),
    call(
        5,
        "ecs",
        "ExecuteCommand",
        false,
        r#"{"cluster":"example","container":"app","interactive":true,"command":"HIDDEN_DUE_TO_SECURITY_REASONS","task":"arn:aws:ecs:eu-central-1:111122223333:task/example/~~~~~~~~~~~~~~~~"}"#,
        "null",
    ),
];

const AGENTS: [&str; 6] = [
    "Boto3/1.35.0 md/Botocore#1.35.0 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.12.4 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.35.0",
    "aws-sdk-java/2.25.0 Linux/6.1.0 OpenJDK_64-Bit_Server_VM/21.0.2 Java/21.0.2 vendor/Amazon.com_Inc. io/sync http/Apache",
    "aws-sdk-go-v2/1.30.0 os/linux lang/go#1.22.4 md/GOOS#linux md/GOARCH#amd64 api/sts#1.30.0",
    "ecs.amazonaws.com",
    "lambda.amazonaws.com",
    "aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.8 cfg/retry-mode#standard md/command#s3.cp",
];

impl Generator {
    /// Begins with a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed, serial: 0 }
    }

    /// An object as CloudTrail writes it, with so many records.
    pub fn object(&mut self, records: usize) -> Vec<u8> {
        let mut out = String::with_capacity(records * 1600 + 16);
        out.push_str(r#"{"Records":["#);
        for n in 0..records {
            if n > 0 {
                out.push(',');
            }
            self.record(&mut out);
        }
        out.push_str("]}");
        out.into_bytes()
    }

    /// The same, compressed.
    pub fn gzip_object(&mut self, records: usize) -> Vec<u8> {
        gzip(&self.object(records))
    }

    /// Writes one record.
    pub fn record(&mut self, out: &mut String) {
        let call = self.pick();
        let service = self.below(10) < 3;
        self.serial += 1;
        out.push_str(r#"{"eventVersion":"1.11","userIdentity":{"#);
        let role = self.below(40);
        if service {
            let _ = write!(
                out,
                r#""type":"AWSService","invokedBy":"{}""#,
                ["ecs.amazonaws.com", "lambda.amazonaws.com"][self.index(2)]
            );
        } else {
            let session = self.next();
            let _ = write!(
                out,
                r#""type":"AssumedRole","principalId":"AROAEXAMPLE{role:05}:i-0{session:016x}","arn":"arn:aws:sts::111122223333:assumed-role/workload-{role}/i-0{session:016x}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE{:09X}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLE{role:05}","arn":"arn:aws:iam::111122223333:role/workload-{role}","accountId":"111122223333","userName":"workload-{role}"}},"attributes":{{"creationDate":"2026-01-05T{:02}:{:02}:00Z","mfaAuthenticated":"false"}},"ec2RoleDelivery":"2.0"}}"#,
                session >> 28,
                self.below(24),
                self.below(60),
            );
        }
        let _ = write!(
            out,
            r#"}},"eventTime":"2026-01-05T{:02}:{:02}:{:02}Z","eventSource":"{}.amazonaws.com","eventName":"{}","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.{}","userAgent":"[{}]","#,
            self.serial / 3600 % 24,
            self.serial / 60 % 60,
            self.serial % 60,
            call.source,
            call.name,
            self.below(256),
            AGENTS[self.index(AGENTS.len())],
        );
        if self.below(50) == 0 {
            out.push_str(r#""errorCode":"AccessDenied","errorMessage":"User is not authorized to perform this action because no identity-based policy allows it","#);
        }
        out.push_str(r#""requestParameters":"#);
        self.fill(call.request, out);
        out.push_str(r#","responseElements":"#);
        self.fill(call.response, out);
        self.fill(
            r#","additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~","bytesTransferredOut":1024},"requestID":"~~~~~~~~-~~~~-4~~~-8~~~-~~~~~~~~~~~~","eventID":"~~~~~~~~-~~~~-4~~~-9~~~-~~~~~~~~~~~~","#,
            out,
        );
        let _ = write!(
            out,
            r#""readOnly":{},"resources":[{{"accountId":"111122223333","type":"AWS::IAM::Role","ARN":"arn:aws:iam::111122223333:role/workload-{role}"}}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{}.eu-central-1.amazonaws.com"}}}}"#,
            call.read_only, call.source,
        );
    }

    fn pick(&mut self) -> &'static Call {
        let total = CALLS.iter().map(|call| call.weight).sum();
        let mut left = self.below(total);
        CALLS
            .iter()
            .find(|call| {
                let hit = left < call.weight;
                left = left.saturating_sub(call.weight);
                hit
            })
            .unwrap_or(&CALLS[0])
    }

    fn fill(&mut self, template: &str, out: &mut String) {
        let mut digits = 0;
        let mut bits = 0;
        for c in template.chars() {
            if c != '~' {
                out.push(c);
                continue;
            }
            if digits == 0 {
                (bits, digits) = (self.next(), 16);
            }
            out.push(char::from(b"0123456789abcdef"[(bits & 15) as usize]));
            bits >>= 4;
            digits -= 1;
        }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn index(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(limit as u64)).unwrap_or_default()
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Compresses as CloudTrail does.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 8), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
