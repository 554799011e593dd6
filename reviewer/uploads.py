"""Taking an upload from its form, or saying in a sentence why not."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.template.defaultfilters import filesizeformat

from catalog import blobs
from catalog.services import SourceErased, TenantOffBoarded
from pipeline import services
from pipeline.intake import Received, receive
from reviewer.forms import UploadForm

# What a multipart body holds beside the file.
ROOM_FOR_FORM = 64 * 1024
JUST_ERASED = "These bytes were being erased at this moment: upload them again."
STORAGE_SILENT = "The storage does not answer: nothing was kept, try again in a minute."
NO_VERSION = "No pipeline version is active: release and activate one in the admin."


class UploadRefused(Exception):
    """Not taken; the message is for the person, status for the browser."""

    def __init__(self, sentence: str, *, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def check_length(given: str) -> None:
    """Before anything is read of a body of this many bytes. Raises UploadRefused."""
    most = settings.MAX_UPLOAD_BYTES + ROOM_FOR_FORM
    if given.isdecimal() and int(given) > most:
        raise too_large()


def too_large() -> UploadRefused:
    limit = filesizeformat(settings.MAX_UPLOAD_BYTES)
    return UploadRefused(
        f"The file is larger than the {limit} that are allowed: split or shrink it.",
        status=413,
    )


def take(*, form: UploadForm, user: User) -> Received:
    """Raises UploadRefused."""
    if not form.is_valid():
        faults = [str(fault) for faults in form.errors.values() for fault in faults]
        raise UploadRefused(" ".join(faults), status=422)
    file = form.cleaned_data["file"]
    try:
        return receive(
            tenant=form.cleaned_data["tenant"],
            stream=file,
            name=file.name,
            user=user,
            limit=settings.MAX_UPLOAD_BYTES,
        )
    except blobs.BlobTooLarge:
        raise too_large() from None
    except TenantOffBoarded as refused:
        raise UploadRefused(str(refused), status=409) from None
    except SourceErased:
        raise UploadRefused(JUST_ERASED, status=409) from None
    except blobs.BlobUnavailable:
        raise UploadRefused(STORAGE_SILENT, status=503) from None
    except services.NoActiveVersion:
        raise UploadRefused(NO_VERSION, status=503) from None
