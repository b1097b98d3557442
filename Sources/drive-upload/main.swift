// drive-upload
