// drive-reserve
