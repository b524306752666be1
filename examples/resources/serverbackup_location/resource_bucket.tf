variable "bucket_secrets" {
  description = "What opens the bucket, and the repository in it."
  type        = object({ password = string, access_key = string, secret_key = string })
  sensitive   = true
  ephemeral   = true
}

# A bucket that itself refuses to delete what was written to it, for two weeks.
resource "serverbackup_location" "bucket" {
  name = "bucket"
  lock = { min_days = 14 }

  local = {
    repository          = "s3://backup/serverbackup"
    password_wo         = var.bucket_secrets.password
    password_wo_version = 1
    object_lock         = { mode = "COMPLIANCE", days = 14 }

    s3 = {
      endpoint      = "https://s3.example.com"
      region        = "eu-central-1"
      access_key_wo = var.bucket_secrets.access_key
      secret_key_wo = var.bucket_secrets.secret_key

      # Count it up with new keys: Terraform cannot see that they changed.
      credentials_wo_version = 1
    }
  }
}
