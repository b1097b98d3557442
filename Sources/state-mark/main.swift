// state-mark
