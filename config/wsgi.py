from __future__ import annotations

import gc
import os
import time
from importlib import import_module
from pathlib import Path

import django
from django.core.wsgi import get_wsgi_application

from config import postgres
from config.home import home_path, read_env_file

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
read_env_file()
postgres.ensure_running(home_path())

# Under the supervisor the code is loaded while the database is being migrated and the
# static files collected; the application, which looks for both, is made afterwards.
if gate := os.environ.get("PALIMPSEST_GATE"):
    django.setup()
    import_module("config.urls")
    while not Path(gate).exists():
        time.sleep(0.02)

application = get_wsgi_application()

# What is there now stays: looking through it again and again for garbage would cost a
# tenth of what a request does. From here on it is looked for less often.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
