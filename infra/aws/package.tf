# A package that comes by address: Lambda takes none, so the machine that applies fetches it, and deploys it only if it is the
# one that was meant.

locals {
  # Written into the module's archive by a release: its version, and the sums of its packages.
  release = fileexists("${path.module}/release.json") ? jsondecode(file("${path.module}/release.json")) : null

  fetched = var.package.path != null || var.package.s3_bucket != null ? null : var.package.url != null ? {
    url    = var.package.url
    sha256 = var.package.sha256
    } : try({
      url    = "https://github.com/trailhound/trailhound/releases/download/v${local.release.version}/trailhound-aws-${var.architecture}.zip"
      sha256 = local.release.sha256[var.architecture]
  }, null)

  # What Lambda calls a package by: the same sum in Base64, two letters for three digits.
  base64       = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  sum_numbers  = local.fetched == null ? [] : [for n in range(21) : parseint(substr(local.fetched.sha256, n * 3, 3), 16)]
  sum_letters  = [for number in local.sum_numbers : "${substr(local.base64, floor(number / 64), 1)}${substr(local.base64, number % 64, 1)}"]
  fetched_hash = local.fetched == null ? null : "${join("", local.sum_letters)}${substr(local.base64, parseint(substr(local.fetched.sha256, 63, 1), 16) * 4, 1)}="
}

resource "terraform_data" "package" {
  count = local.fetched == null ? 0 : 1

  input            = "${path.root}/.terraform/trailhound-aws-${local.fetched.sha256}.zip"
  triggers_replace = [local.fetched.sha256]

  provisioner "local-exec" {
    command = <<-EOT
      set -eu
      mkdir -p "$(dirname "$FILE")"
      curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$FILE.part" "$URL"
      sum=$({ sha256sum "$FILE.part" 2>/dev/null || shasum --algorithm 256 "$FILE.part"; } | cut -d ' ' -f 1)
      if [ "$sum" != "$SUM" ]; then
        rm -f "$FILE.part"
        echo "$URL has the sum $sum, and not $SUM: nothing was deployed" >&2
        exit 1
      fi
      mv "$FILE.part" "$FILE"
    EOT
    environment = {
      FILE = self.input
      URL  = local.fetched.url
      SUM  = local.fetched.sha256
    }
  }
}
