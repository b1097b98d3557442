// dir-list
