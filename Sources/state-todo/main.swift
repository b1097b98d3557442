// state-todo
