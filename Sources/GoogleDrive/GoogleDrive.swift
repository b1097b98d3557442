// GoogleDrive
