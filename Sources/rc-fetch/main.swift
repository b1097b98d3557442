// rc-fetch
