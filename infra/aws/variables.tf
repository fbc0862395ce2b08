# --- what to watch -----------------------------------------------------------

variable "trail_buckets" {
  description = <<-EOT
    The existing buckets that CloudTrail writes to, by name. The module reads them and never changes their configuration.
    `key_prefix` is the trail's prefix, if it has one; `kms_key_arn` the key its objects are encrypted with, if any;
    `account_id` the account that owns the bucket, if it is not this one.
  EOT
  type = map(object({
    key_prefix  = optional(string, "")
    kms_key_arn = optional(string)
    account_id  = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.trail_buckets) > 0
    error_message = "Name at least one bucket, for example { \"example-trail-bucket\" = {} }."
  }
  validation {
    condition     = alltrue([for name in keys(var.trail_buckets) : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name))])
    error_message = "Keys are bucket names, not ARNs or URLs, for example \"example-trail-bucket\"."
  }
  validation {
    condition     = alltrue([for bucket in values(var.trail_buckets) : !startswith(bucket.key_prefix, "/") && !endswith(bucket.key_prefix, "/") && !strcontains(bucket.key_prefix, "*")])
    error_message = "A key prefix has no slash at its ends and no wildcard, for example \"audit/trails\"."
  }
  validation {
    condition     = alltrue([for bucket in values(var.trail_buckets) : bucket.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", bucket.kms_key_arn))])
    error_message = "A key is given by its ARN (an alias does not work in IAM), for example \"arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001\"."
  }
}

variable "notices" {
  description = <<-EOT
    How the function hears of a new object. One of
    `eventbridge`: the bucket sends to EventBridge (its owner turns that on) and the module adds a rule on `event_bus_name`;
    `sns`: `topic_arns` are topics that already get the bucket's notifications, or CloudTrail's own, and the module subscribes to them;
    `sqs`: `queue_arn` is a queue that already gets them and the module reads it; name its key (`queue_kms_key_arn`) if it
    is encrypted, and its dead-letter queue (`dead_letter_queue_name`) to have that watched. Its visibility timeout is read
    through the Cloud Control API at plan; `check_queue = false` leaves that out for a queue of another account. What failed
    comes again at the pace of `max_receive_count` where its redrive policy tries ten times or more, and its own policy, if
    it is another account's, lets the function change visibility.
  EOT
  type = object({
    from                   = optional(string, "eventbridge")
    event_bus_name         = optional(string, "default")
    topic_arns             = optional(set(string), [])
    queue_arn              = optional(string)
    queue_kms_key_arn      = optional(string)
    dead_letter_queue_name = optional(string)
    check_queue            = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["eventbridge", "sns", "sqs"], var.notices.from)
    error_message = "notices.from is \"eventbridge\", \"sns\" or \"sqs\"."
  }
  validation {
    condition     = (var.notices.from == "sns") == (length(var.notices.topic_arns) > 0)
    error_message = "notices.topic_arns goes with from = \"sns\", for example { from = \"sns\", topic_arns = [\"arn:aws:sns:eu-west-1:111122223333:example-trail\"] }."
  }
  validation {
    condition     = (var.notices.from == "sqs") == (var.notices.queue_arn != null)
    error_message = "notices.queue_arn goes with from = \"sqs\", for example { from = \"sqs\", queue_arn = \"arn:aws:sqs:eu-west-1:111122223333:example-trail\" }."
  }
  validation {
    condition     = alltrue([for arn in var.notices.topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[^:]+$", arn))])
    error_message = "Topics are given by ARN, for example \"arn:aws:sns:eu-west-1:111122223333:example-trail\"."
  }
  validation {
    condition     = var.notices.queue_arn == null || can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[^:]+$", var.notices.queue_arn))
    error_message = "The queue is given by ARN, for example \"arn:aws:sqs:eu-west-1:111122223333:example-trail\"."
  }
}

variable "verify_digests" {
  description = <<-EOT
    Verify the digest files that CloudTrail writes every hour where the trail has log file validation on: their signature,
    the log files they name, and the digest file before. What was changed, deleted or put there is an alert
    (`trail-integrity`). Each log file is read a second time for it. With `notices.from` other than `eventbridge` whoever
    sends the notices has to send those of `/CloudTrail-Digest/` as well.
  EOT
  type        = bool
  default     = false
  nullable    = false
}

variable "fast_path" {
  description = <<-EOT
    Also take CloudTrail events straight from EventBridge: seconds instead of minutes, for this account and region only.
    It takes what reaches machines; most changes of identities, networks and code come with the trail all the same.
    The same event arriving later through the bucket is the same finding and is not sent twice. `include_read_only` adds
    the read-only management events (password data, session descriptions), which plain rules never see. Events of global
    services (IAM, STS's global endpoint, most console sign-ins) are in us-east-1 only: pass them on from there.
  EOT
  type = object({
    enabled           = optional(bool, false)
    include_read_only = optional(bool, false)
  })
  default  = {}
  nullable = false
}

# --- the function ------------------------------------------------------------

variable "package" {
  description = <<-EOT
    The function's zip, built for `architecture`. In a module from a release, `{}` takes the zip of the same release. Else a
    local `path`, as `cargo xtask package aws` makes it (the manifest beside it says what it was built for, and the plan
    compares); or a `url` with the zip's `sha256`, as a release's SHA256SUMS tells it; or `s3_bucket` and `s3_key` with what
    tells one package from the next: `s3_object_version`, or `source_code_hash` (the SHA-256 in Base64). What comes by
    address is fetched with curl by the machine that applies, and checked before it is deployed.
  EOT
  type = object({
    path              = optional(string)
    url               = optional(string)
    sha256            = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
    source_code_hash  = optional(string)
  })
  nullable = false

  validation {
    condition     = var.package.s3_bucket == null || var.package.s3_object_version != null || var.package.source_code_hash != null
    error_message = "A new package under the same key would never be deployed: give its s3_object_version, or its source_code_hash (openssl dgst -sha256 -binary trailhound-aws-arm64.zip | base64)."
  }

  validation {
    condition = length([for way in [
      var.package.path != null,
      var.package.url != null || var.package.sha256 != null,
      var.package.s3_bucket != null || var.package.s3_key != null || var.package.s3_object_version != null || var.package.source_code_hash != null,
    ] : way if way]) <= 1 && (var.package.s3_bucket == null) == (var.package.s3_key == null)
    error_message = "Give either a path, or a url and its sha256, or a bucket and key, for example { path = \"build/trailhound-aws-arm64.zip\" } or { s3_bucket = \"example-artifacts\", s3_key = \"trailhound-aws-arm64.zip\", s3_object_version = \"…\" }."
  }

  validation {
    condition     = var.package.url == null || can(regex("^https://[^'\"`$\\\\\\s]+$", var.package.url))
    error_message = "An https address, for example \"https://example.com/trailhound/0.1.0/trailhound-aws-arm64.zip\"."
  }

  validation {
    condition     = (var.package.url == null) == (var.package.sha256 == null) && (var.package.sha256 == null || can(regex("^[0-9a-f]{64}$", var.package.sha256)))
    error_message = "A url needs the zip's sha256, and a sha256 its url: 64 lower-case hexadecimal digits, as SHA256SUMS of a release tells them."
  }

  validation {
    condition     = anytrue([for given in values(var.package) : given != null]) || local.release != null
    error_message = "This module is from no release, so it knows no package of its own: take the module from a release (trailhound-infra-aws-….tar.gz), or give a path, a url and its sha256, or a bucket and key."
  }
}

variable "architecture" {
  description = "The instruction set the package was built for."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is \"arm64\" or \"x86_64\"."
  }
}

variable "memory_size" {
  description = "Memory in MiB. CPU grows with it; 512 is about a third of a core."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.memory_size >= 128 && var.memory_size <= 10240
    error_message = "Memory is 128 to 10240 MiB, for example 512."
  }
}

variable "timeout" {
  description = "Seconds one invocation may take. The queue's visibility timeout follows from it."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.timeout >= 10 && var.timeout <= 900
    error_message = "The timeout is 10 to 900 seconds, for example 60."
  }
}

variable "batch_size" {
  description = "Messages handed to one invocation at most."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.batch_size >= 1 && var.batch_size <= 10000
    error_message = "A batch is 1 to 10000 messages, for example 10."
  }
  validation {
    condition     = var.batch_size <= 10 || var.batch_window >= 1
    error_message = "A batch of more than 10 messages needs batch_window of at least 1 second; AWS refuses it otherwise."
  }
}

variable "batch_window" {
  description = "Seconds to wait for a batch to fill. 0 is the quickest to alert; longer is cheaper."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.batch_window >= 0 && var.batch_window <= 300
    error_message = "The batch window is 0 to 300 seconds, for example 5."
  }
}

variable "maximum_concurrency" {
  description = "Invocations at once at most, so that a burst of objects cannot take the account's whole concurrency."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.maximum_concurrency >= 2 && var.maximum_concurrency <= 1000
    error_message = "Maximum concurrency is 2 to 1000, for example 10."
  }
}

variable "reserved_concurrency" {
  description = "Concurrency set aside for the function out of the account's, so that others cannot starve it. At least maximum_concurrency, or messages are throttled. -1 for none."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= var.maximum_concurrency
    error_message = "Less than maximum_concurrency throttles deliveries: set it to that at least, or leave it at -1."
  }
}

variable "vpc" {
  description = <<-EOT
    Run the function in a network of yours, where your organisation demands it. The subnets need a way to S3, SQS, SNS,
    DynamoDB, KMS and CloudWatch Logs: endpoints or a NAT gateway.
  EOT
  type = object({
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
  default = null

  validation {
    condition     = var.vpc == null || try(length(var.vpc.subnet_ids) > 0 && length(var.vpc.security_group_ids) > 0, false)
    error_message = "Give subnets and security groups, for example { subnet_ids = [\"subnet-0123456789abcdef0\"], security_group_ids = [\"sg-0123456789abcdef0\"] }."
  }
}

variable "max_receive_count" {
  description = <<-EOT
    Times a message is tried before it goes to the dead-letter queue. What failed comes again after 30 seconds, one, two and
    then every four minutes, so 200 times outlive an outage of 13 hours. Below 10 it comes again after the queue's visibility
    timeout instead, which is six times the function's; below 5, throttling alone can send it to the dead-letter queue.
  EOT
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.max_receive_count >= 5 && var.max_receive_count <= 1000
    error_message = "A message is tried 5 to 1000 times, for example 200."
  }
}

variable "intake_enabled" {
  description = "Whether the function reads its queues. False holds everything back, up to 14 days, and loses nothing: for maintenance, or to roll out the infrastructure before the rules."
  type        = bool
  default     = true
  nullable    = false
}

variable "min_level" {
  description = "Findings below this level are not published."
  type        = string
  default     = "low"
  nullable    = false

  validation {
    condition     = contains(["informational", "low", "medium", "high", "critical"], var.min_level)
    error_message = "The level is one of Sigma's words: \"informational\", \"low\", \"medium\", \"high\" or \"critical\"."
  }
}

variable "allowed_account_ids" {
  description = <<-EOT
    Accounts whose records are told; all where none are named. Matches of others are counted (`account-not-allowed`), and
    neither told nor learned from.
  EOT
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allowed_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "Account ids have twelve digits, for example \"111122223333\"."
  }
}

variable "rule_pages" {
  description = "What the addresses of rules' pages begin with, the rule's name behind it; null for the repository's."
  type        = string
  default     = null

  validation {
    condition     = var.rule_pages == null || can(regex("^https://", var.rule_pages))
    error_message = "Pages have an address that begins with https://."
  }
}

variable "log_level" {
  description = "The function's log filter (`RUST_LOG`)."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9_:=,]+$", var.log_level))
    error_message = "A log filter such as \"info\" or \"info,trailhound=debug\"."
  }
}

variable "rules_uri" {
  description = "Rules of your own beside the bundled ones: `s3://bucket/prefix`. A bad new file keeps the previous rules and raises an alarm."
  type        = string
  default     = null

  validation {
    condition     = var.rules_uri == null || can(regex("^s3://[a-z0-9][a-z0-9.-]+/.+$", var.rules_uri))
    error_message = "Rules are named as \"s3://example-detections/rules\"."
  }
}

variable "suppressions_uri" {
  description = "Suppressions to apply: `s3://bucket/key`."
  type        = string
  default     = null

  validation {
    condition     = var.suppressions_uri == null || can(regex("^s3://[a-z0-9][a-z0-9.-]+/.+$", var.suppressions_uri))
    error_message = "Suppressions are named as \"s3://example-detections/suppressions.yml\"."
  }
}

variable "context_uris" {
  description = <<-EOT
    What you know beside the logs, each a file or all files below a prefix: `geo` for databases in MaxMind's format
    (`*.mmdb`), `inventory` and `indicators` for tables (`*.csv`, `*.json`). A database is held in memory as large as it is,
    twice while a newer one takes its place. A bad new file keeps the previous ones and raises an alarm.
  EOT
  type = object({
    geo        = optional(string)
    inventory  = optional(string)
    indicators = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for uri in values(var.context_uris) : uri == null || can(regex("^s3://[a-z0-9][a-z0-9.-]+/.+$", uri))])
    error_message = "Files are named as \"s3://example-detections/geo\" or \"s3://example-detections/assets.csv\"."
  }
}

variable "settings_kms_key_arn" {
  description = "The key that rules, suppressions and what is known beside the logs are encrypted with, if any."
  type        = string
  default     = null

  validation {
    condition     = var.settings_kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.settings_kms_key_arn))
    error_message = "A key ARN, for example \"arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001\"."
  }
}

variable "settings_account_id" {
  description = "The account that owns the bucket of rules, suppressions and what is known beside the logs, if it is not this one."
  type        = string
  default     = null
}

variable "code_signing_config_arn" {
  description = "Code signing configuration for the function, where your organisation signs packages."
  type        = string
  default     = null
}

# --- who is told -------------------------------------------------------------

variable "findings_topic" {
  description = <<-EOT
    An existing topic to publish findings to, by `arn`, with its `kms_key_arn` if it is encrypted. Its policy must let the
    function publish (output `findings_topic_policy_statement`). Without one the module makes a topic.
  EOT
  type = object({
    arn         = optional(string)
    kms_key_arn = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.findings_topic.arn == null || can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[^:.]+$", var.findings_topic.arn))
    error_message = "A standard topic's ARN, for example \"arn:aws:sns:eu-west-1:111122223333:example-findings\"."
  }
}

variable "subscriptions" {
  description = <<-EOT
    Subscribers of the findings topic. `filter_policy` selects on the message attributes severity, rule_id, technique,
    account, region, provider, outcome, first_seen, case and case_step, for example `{ severity = ["high", "critical"] }`, or
    `{ case_step = ["opened", "raised", "alone"] }` without what is only added to a case.
  EOT
  type = map(object({
    protocol      = string
    endpoint      = string
    filter_policy = optional(map(list(string)))
    raw           = optional(bool, false)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for s in values(var.subscriptions) : contains(["sqs", "lambda", "https", "firehose"], s.protocol)])
    error_message = "Findings are JSON for machines: the protocol is \"sqs\", \"lambda\", \"https\" or \"firehose\". For people, use email_addresses, chat_webhooks or chat_topic."
  }
  validation {
    condition = alltrue([for s in values(var.subscriptions) : length(setsubtract(
      keys(coalesce(s.filter_policy, {})),
      ["severity", "rule_id", "technique", "account", "region", "provider", "outcome", "first_seen", "case", "case_step"],
    )) == 0])
    error_message = "A filter on an attribute that findings don't carry matches nothing. Use severity, rule_id, technique, account, region, provider, outcome, first_seen, case or case_step."
  }
}

variable "archive_days" {
  description = "Days that every finding is kept in a bucket, one CloudEvent a line. 0 for no archive."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.archive_days == 0 || var.archive_days >= 30
    error_message = "Keep findings at least 30 days, for example 400, or 0 for no archive."
  }
}

variable "inventory_jobs" {
  description = "Make what AWS's own engines need to have whole inventories evaluated by the function, or what a backtest or a baseline needs gathered of them: a role for S3 Batch Operations, and a state machine whose Distributed Map goes through a prefix."
  type        = bool
  default     = false
  nullable    = false
}

variable "subscriber_account_ids" {
  description = "Other accounts that may subscribe to the findings topic."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.subscriber_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "Account ids have twelve digits, for example \"111122223333\"."
  }
}

variable "chat_topic" {
  description = "Make a second topic with notifications for Amazon Q Developer in chat applications (Slack, Teams)."
  type        = bool
  default     = false
  nullable    = false
}

variable "email_addresses" {
  description = "People who get findings as plain text. Each confirms by the e-mail that AWS sends. With none, there is no e-mail topic."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.email_addresses : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "E-mail addresses, for example \"soc@example.com\"."
  }
}

variable "chat_webhooks" {
  description = <<-EOT
    Where findings are posted for people: incoming webhooks, each of a `kind` (`slack`, `teams` or `pagerduty`) with its `url`;
    PagerDuty's is https://events.pagerduty.com/v2/enqueue and wants the integration's `routing_key`.
  EOT
  type = map(object({
    kind        = string
    url         = string
    routing_key = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.chat_webhooks) : can(regex("^[a-z0-9-]{1,16}$", name))])
    error_message = "Name each webhook with 1 to 16 small letters, digits and dashes: queues and roles carry the name."
  }
  validation {
    condition     = alltrue([for hook in values(var.chat_webhooks) : contains(["slack", "teams", "pagerduty"], hook.kind) && startswith(hook.url, "https://")])
    error_message = "Each webhook has a kind, \"slack\", \"teams\" or \"pagerduty\", and an https address."
  }
  validation {
    condition     = alltrue([for hook in values(var.chat_webhooks) : (hook.kind == "pagerduty") == (hook.routing_key != null)])
    error_message = "PagerDuty wants a routing_key; the others have theirs in the address."
  }
}

variable "case_updates" {
  description = "Whether mail, Slack and Teams tell of findings that are only added to a case. PagerDuty takes them into the case's incident."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_topic_arn" {
  description = "An existing topic for alarms about trailhound itself. Without one the module makes one."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null || can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[^:]+$", var.alarm_topic_arn))
    error_message = "A topic ARN, for example \"arn:aws:sns:eu-west-1:111122223333:example-oncall\"."
  }
}

variable "alarm_email_addresses" {
  description = "People told by e-mail when trailhound is blind, late or failing. Only with the module's own alarm topic."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_email_addresses) == 0 || var.alarm_topic_arn == null
    error_message = "With alarm_topic_arn given, subscribe people to that topic instead."
  }
}

# --- when it is blind --------------------------------------------------------

variable "alarm_thresholds" {
  description = <<-EOT
    `queue_age`: seconds the oldest notice may wait; `silence`: seconds without any CloudTrail record before that is an
    alarm; quiet accounts need more than the default hour, and whole minutes up to a day are allowed.
  EOT
  type = object({
    queue_age = optional(number, 900)
    silence   = optional(number, 3600)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.alarm_thresholds.queue_age >= 60
    error_message = "queue_age is at least 60 seconds, for example 900."
  }
  validation {
    condition     = var.alarm_thresholds.silence >= 300 && var.alarm_thresholds.silence <= 86400 && var.alarm_thresholds.silence % 300 == 0
    error_message = "silence is 300 to 86400 seconds in steps of 300, for example 3600."
  }
}

variable "runbooks_url" {
  description = "Where your people read docs/runbooks.md; alarms link to its sections."
  type        = string
  default     = "docs/runbooks.md"
  nullable    = false

  validation {
    condition     = can(regex("^[^ #]{1,300}$", var.runbooks_url))
    error_message = "An address without spaces and fragment, for example \"https://wiki.example.com/trailhound/runbooks\"."
  }
}

variable "canary_interval_minutes" {
  description = "Minutes between canaries. Two missing in a row are an alarm."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.canary_interval_minutes >= 2 && var.canary_interval_minutes <= 60 && floor(var.canary_interval_minutes) == var.canary_interval_minutes
    error_message = "Canaries run every 2 to 60 whole minutes, for example 5."
  }
}

variable "log_retention_days" {
  description = "Days the function's log is kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch keeps logs for fixed periods only, for example 90 or 365 days."
  }
}

variable "rejects_retention_days" {
  description = "Days that parked input (what could not be read) is kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.rejects_retention_days >= 14
    error_message = "Keep rejects at least 14 days, as long as the queues keep messages; for example 90."
  }
}

# --- conventions -------------------------------------------------------------

variable "name" {
  description = "Prefix of every name, so that several installations can share an account and region."
  type        = string
  default     = "trailhound"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "3 to 32 lower-case letters, digits and hyphens, for example \"trailhound\"."
  }
}

variable "kms_key_arn" {
  description = "An existing key for queues, topics, table, bucket and logs. Its policy must hold the statements of the output `kms_key_policy`. Without one the module makes one."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "A key ARN, for example \"arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001\"."
  }
}

variable "role_path" {
  description = "Path of the function's role, where your organisation files roles by path."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.role_path))
    error_message = "A path begins and ends with a slash, for example \"/security/\"."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary for the function's role, where your organisation demands one."
  type        = string
  default     = null
}

variable "protect_data" {
  description = "Keep the state table and the rejects bucket from being destroyed by accident. Set to false, apply, then destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags on everything."
  type        = map(string)
  default     = {}
  nullable    = false
}
