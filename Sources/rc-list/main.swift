// rc-list
