# --- where -------------------------------------------------------------------

variable "resource_group_name" {
  description = "The existing resource group everything goes into."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region, which must offer Flex Consumption."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.location))
    error_message = "The region's short name, for example \"westeurope\"."
  }
}

variable "name" {
  description = "Part of every name."
  type        = string
  default     = "trailhound"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{2,11}$", var.name))
    error_message = "3 to 12 lower-case letters and digits (storage accounts allow no more), for example \"trailhound\"."
  }
}

variable "suffix" {
  description = "Makes names unique that all of Azure shares: namespace, storage accounts, function app, topic."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{3,8}$", var.suffix))
    error_message = "3 to 8 lower-case letters and digits, for example \"contoso1\"."
  }
}

# --- what to watch -----------------------------------------------------------

variable "subscription_ids" {
  description = "Subscriptions whose activity log is streamed to the hub. Whoever applies needs Monitoring Contributor on each."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.subscription_ids : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "Subscription ids in lower case, for example \"00000000-0000-0000-0000-000000000001\"."
  }
}

variable "entra_categories" {
  description = "Entra log categories streamed to the hub; none turns that off. Whoever applies needs Security Administrator in the tenant, and sign-in logs need Entra ID P1."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = length(setsubtract(var.entra_categories, [
      "SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs", "AuditLogs", "UserRiskEvents",
    ])) == 0
    error_message = "Categories trailhound reads: \"SignInLogs\", \"NonInteractiveUserSignInLogs\", \"ServicePrincipalSignInLogs\", \"ManagedIdentitySignInLogs\", \"AuditLogs\", \"UserRiskEvents\"."
  }
}

variable "existing_hub" {
  description = <<-EOT
    An event hub that already carries these logs, instead of a new one. With `consumer_group` that group is used; without,
    the module adds one. With `partition_count` a canary goes to each partition. Then leave subscription_ids and entra_categories empty: the logs already flow.
  EOT
  type = object({
    id                  = string
    name                = string
    namespace_id        = string
    namespace_name      = string
    resource_group_name = string
    consumer_group      = optional(string)
    partition_count     = optional(number)
  })
  default = null

  validation {
    condition     = var.existing_hub == null || (length(var.subscription_ids) == 0 && length(var.entra_categories) == 0)
    error_message = "An existing hub is fed by whoever owns it: leave subscription_ids and entra_categories empty, or leave existing_hub out."
  }
  validation {
    condition     = var.existing_hub != null || length(var.subscription_ids) + length(var.entra_categories) > 0
    error_message = "Nothing to watch: give subscription_ids such as [\"00000000-0000-0000-0000-000000000001\"], entra_categories, or an existing_hub."
  }
}

variable "partition_count" {
  description = "Partitions of a new hub: the most instances that read at once. Cannot be lowered later."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.partition_count >= 1 && var.partition_count <= 32
    error_message = "1 to 32 partitions, for example 4."
  }
}

variable "maximum_throughput_units" {
  description = "Throughput units the namespace may inflate to; one takes in 1 MB/s."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.maximum_throughput_units >= 1 && var.maximum_throughput_units <= 40
    error_message = "1 to 40 throughput units, for example 4."
  }
}

variable "retention_hours" {
  description = "Hours the hub keeps events: how long trailhound may be down without losing any."
  type        = number
  default     = 168
  nullable    = false

  validation {
    condition     = var.retention_hours >= 24 && var.retention_hours <= 168
    error_message = "A standard namespace keeps 24 to 168 hours, for example 168."
  }
}

# --- the function ------------------------------------------------------------

variable "package_path" {
  description = <<-EOT
    The zip that `cargo xtask package azure` made, on this machine. It is put into the deployment container under the name
    that the platform looks for, which works and is promised nowhere; `package_url` is the documented way. With neither the
    app is made empty, and docs/deploy-azure.md has the call that deploys to it.
  EOT
  type        = string
  default     = null
}

variable "package_url" {
  description = "The zip's address, which Azure can read: a release asset, or a blob with a SAS. Another package needs another address, so put its version or hash in it."
  type        = string
  default     = null

  validation {
    condition     = var.package_url == null || can(regex("^https://", var.package_url))
    error_message = "An https address, for example \"https://example.com/trailhound/0.1.0/trailhound-azure.zip\"."
  }
  validation {
    condition     = var.package_url == null || var.package_path == null
    error_message = "Give package_path or package_url, not both."
  }
}

variable "instance_memory_in_mb" {
  description = "Memory of an instance."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = contains([512, 2048, 4096], var.instance_memory_in_mb)
    error_message = "Flex Consumption offers 512, 2048 and 4096 MB."
  }
}

variable "maximum_instance_count" {
  description = "Instances at once at most. More than partitions do not help."
  type        = number
  default     = 40
  nullable    = false

  validation {
    condition     = var.maximum_instance_count >= max(1, var.always_ready_instances) && var.maximum_instance_count <= 1000
    error_message = "1 to 1000 instances, and no fewer than always_ready_instances; for example 40."
  }
}

variable "always_ready_instances" {
  description = "Instances kept warm. 0 is cheaper and adds a cold start to the first alert."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.always_ready_instances >= 0 && var.always_ready_instances <= 20
    error_message = "0 to 20 instances, for example 1."
  }
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

variable "allowed_accounts" {
  description = <<-EOT
    Subscriptions and tenants whose records are told; all where none are named. Matches of others are counted
    (`account-not-allowed`), and neither told nor learned from; records of hosts name no account and are always told. Records
    of Entra name the tenant, those of the activity log the subscription, so name both.
  EOT
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.allowed_accounts : can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", id))])
    error_message = "Subscriptions and tenants are GUIDs, for example \"00000000-0000-0000-0000-000000000001\"."
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

variable "settings_container" {
  description = <<-EOT
    A blob container with settings of your own: its resource `id`, its `url`, the `rules` blob in it (rules of your
    own beside the bundled ones; one that says `replaces` takes the place of a bundled one) and the `suppressions` blob; and of what
    you know beside the logs `geo` (databases in MaxMind's format, `*.mmdb`), `inventory` and `indicators` (`*.csv`, `*.json`), each
    a blob or a folder. The function's identity gets to read it.
  EOT
  type = object({
    id           = string
    url          = string
    rules        = optional(string)
    suppressions = optional(string)
    geo          = optional(string)
    inventory    = optional(string)
    indicators   = optional(string)
  })
  default = null

  validation {
    condition     = var.settings_container == null || can(regex("^https://[^/]+/[^/]+$", var.settings_container.url))
    error_message = "A container's URL, for example \"https://example.blob.core.windows.net/detections\"."
  }
}

# --- who is told -------------------------------------------------------------

variable "subscriptions" {
  description = <<-EOT
    Subscribers of the findings topic, each with one of `event_hub_id`, `service_bus_queue_id`, `service_bus_topic_id` or
    `webhook_url`; `severities` and `case_steps` (`opened`, `raised`, `added`, `alone`) select on CloudEvents attributes. The topic's own identity delivers to hubs, queues and
    topics, so give it the sender role there (output `topic_principal_id`).
  EOT
  type = map(object({
    event_hub_id         = optional(string)
    service_bus_queue_id = optional(string)
    service_bus_topic_id = optional(string)
    webhook_url          = optional(string)
    severities           = optional(list(string), [])
    case_steps           = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([for s in values(var.subscriptions) :
      length(compact([s.event_hub_id, s.service_bus_queue_id, s.service_bus_topic_id, s.webhook_url])) == 1
    ])
    error_message = "Each subscription has one destination, for example { siem = { event_hub_id = \"/subscriptions/…/eventhubs/siem\" } }."
  }
}

variable "email_addresses" {
  description = "People who get findings by e-mail."
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
    condition     = alltrue([for hook in values(var.chat_webhooks) : contains(["slack", "teams", "pagerduty"], hook.kind) && startswith(hook.url, "https://")])
    error_message = "Each webhook has a kind, \"slack\", \"teams\" or \"pagerduty\", and an https address."
  }
  validation {
    condition     = alltrue([for hook in values(var.chat_webhooks) : (hook.kind == "pagerduty") == (hook.routing_key != null)])
    error_message = "PagerDuty wants a routing_key; the others have theirs in the address."
  }
}

variable "case_updates" {
  description = "Whether mail, Slack and Teams tell of findings that are only added to a case. PagerDuty takes them into the case's incident, if so."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_email_addresses" {
  description = "People told when trailhound is blind, late or failing."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_email_addresses : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "E-mail addresses, for example \"soc@example.com\"."
  }
}

variable "alarm_action_group_ids" {
  description = "Existing action groups for alarms, besides the module's own."
  type        = set(string)
  default     = []
  nullable    = false
}

# --- when it is blind --------------------------------------------------------

variable "alarm_thresholds" {
  description = "`age`: seconds that a record may lie in the hub; `silence_minutes`: minutes without any record, one of 30, 60, 120, 360 or 1440."
  type = object({
    age             = optional(number, 900)
    silence_minutes = optional(number, 60)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains([30, 60, 120, 360, 1440], var.alarm_thresholds.silence_minutes)
    error_message = "silence_minutes is a window Azure Monitor offers: 30, 60, 120, 360 or 1440."
  }
  validation {
    condition     = var.alarm_thresholds.age >= 60
    error_message = "age is at least 60 seconds, for example 900."
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

variable "log_analytics_workspace_id" {
  description = "An existing workspace for logs. Without one the module makes one."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days a workspace of the module's own keeps logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 730
    error_message = "A workspace keeps 30 to 730 days, for example 90."
  }
}

variable "archive_days" {
  description = "Days that every finding is kept in a container, one CloudEvent a line. 0 for no archive."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.archive_days == 0 || var.archive_days >= 30
    error_message = "Keep findings at least 30 days, for example 400, or 0 for no archive."
  }
}

variable "inventory_jobs" {
  description = "Make what has the function gather what a backtest or a baseline needs of blobs: a queue whose messages name them, and containers for parts and a candidate's rules."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.inventory_jobs || length(var.inventory_containers) > 0
    error_message = "Nothing may be gathered without inventory_containers, for example { archive = { id = \"/subscriptions/…/containers/insights-activity-logs\", url = \"https://example.blob.core.windows.net/insights-activity-logs\" } }."
  }
}

variable "inventory_containers" {
  description = "Containers whose blobs may be gathered, with inventory_jobs: each by its resource `id` and its `url`. The function's identity gets to read them, and reads no others."
  type = map(object({
    id  = string
    url = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for container in values(var.inventory_containers) : can(regex("^https://[^/,]+/[a-z0-9-]+$", container.url))])
    error_message = "A container's URL, for example \"https://example.blob.core.windows.net/insights-activity-logs\"."
  }
}

variable "rejects_retention_days" {
  description = "Days that parked input (what could not be read) is kept."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.rejects_retention_days >= 14
    error_message = "Keep rejects at least 14 days; for example 90."
  }
}

variable "protect_data" {
  description = "Keep the state table, the rejects and the hub from being destroyed by accident. Set to false, apply, then destroy. The lock on the account needs Owner, or User Access Administrator."
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
