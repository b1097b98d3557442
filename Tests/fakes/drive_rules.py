"""What the Drive of the fake permits, and what it says when it does not."""

FOLDER = "application/vnd.google-apps.folder"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
EMAIL = "archive@callpipe-test.iam.gserviceaccount.com"
SCOPES = {f"https://www.googleapis.com/auth/{name}"
          for name in ("drive", "drive.file", "drive.readonly", "drive.metadata",
                       "drive.metadata.readonly", "drive.appdata")}
STEP = 256 << 10
SIMPLE_LIMIT = 5 << 20
DEFAULT_FIELDS = "kind,id,name,mimeType"
NO_STORAGE = ("Service Accounts do not have storage quota. Leverage shared drives "
              "(https://developers.google.com/workspace/drive/api/guides/about-shareddrives), "
              "or use OAuth delegation (http://support.google.com/a/answer/7281227) instead.")

# What a client may set; all else in a body is refused as Drive does (fieldNotWritable).
WRITABLE = {"appProperties", "contentHints", "copyRequiresWriterPermission", "createdTime",
            "description", "folderColorRgb", "id", "kind", "mimeType", "modifiedTime", "name",
            "originalFilename", "parents", "properties", "starred", "viewedByMeTime",
            "writersCanShare"}
CHANGEABLE = (WRITABLE | {"trashed"}) - {"id", "parents", "createdTime"}

REASONS = {"storageQuotaExceeded": (403, NO_STORAGE),
           "insufficientFilePermissions": (403, "The user does not have sufficient permissions "
                                                "for this file."),
           "insufficientPermissions": (403, "Request had insufficient authentication scopes."),
           "userRateLimitExceeded": (403, "User rate limit exceeded."),
           "rateLimitExceeded": (403, "Rate Limit Exceeded"),
           "dailyLimitExceeded": (403, "Daily Limit Exceeded"),
           "teamDriveFileLimitExceeded": (403, "The file limit for this shared drive has been "
                                               "exceeded."),
           "quotaExceeded": (403, "The user has exceeded their Drive storage quota"),
           "accessNotConfigured": (403, "Google Drive API has not been used in this project "
                                        "before or it is disabled.")}
STATUS_REASONS = {400: "badRequest", 401: "authError", 403: "forbidden", 404: "notFound",
                  409: "fileIdInUse", 429: "rateLimitExceeded", 500: "internalError",
                  502: "backendError", 503: "backendError", 504: "backendError"}
