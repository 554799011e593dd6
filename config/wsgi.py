from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from config import postgres
from config.home import home_path, read_env_file

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
read_env_file()
postgres.ensure_running(home_path())

application = get_wsgi_application()
