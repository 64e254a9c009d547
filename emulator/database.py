"""stand-in"""


class Database:
    def __init__(self, path):
        pass

    def close(self):
        pass
