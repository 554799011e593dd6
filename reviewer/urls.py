from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from reviewer.views import (
    accounts,
    differences,
    erasing,
    gate,
    golden,
    helping,
    history,
    media,
    pictures,
    promotions,
    queue,
    replays,
    reprocesses,
    search,
    seen,
    sources,
    task,
    tiles,
    upload,
    versions,
)

version_urls = [
    path("", versions.versions, name="versions"),
    path("blast-radius/", versions.blast_radius, name="blast-radius"),
    path("stale/", versions.stale, name="stale"),
    path("reprocessing/", reprocesses.reprocesses, name="reprocesses"),
    path("reprocessing/start/", reprocesses.reprocess_start, name="reprocess-start"),
    path("reprocessing/<uuid:reprocess_id>/", reprocesses.reprocess, name="reprocess"),
    path(
        "reprocessing/<uuid:reprocess_id>/act/",
        reprocesses.reprocess_act,
        name="reprocess-act",
    ),
    path("gates/", gate.gates, name="gates"),
    path("gates/of/<uuid:reprocess_id>/", gate.gate_open, name="gate-open"),
    path("gates/<uuid:gate_id>/", gate.gate, name="gate"),
    path(
        "gates/<uuid:gate_id>/report.<str:form>", gate.gate_report, name="gate-report"
    ),
    path("gates/<uuid:gate_id>/<slug:verb>/", gate.gate_act, name="gate-act"),
    path("batches/", promotions.batches, name="batches"),
    path("batches/<uuid:batch_id>/", promotions.batch, name="batch"),
    path(
        "batches/<uuid:batch_id>/roll-back/",
        promotions.batch_roll_back,
        name="batch-roll-back",
    ),
]

urlpatterns = [
    path("login/", accounts.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", queue.queue, name="queue"),
    path("review/undo/", helping.undo, name="review-undo"),
    path("review/next/", queue.review_next, name="review-next"),
    path("review/<uuid:task_id>/", task.task, name="task"),
    path(
        "review/<uuid:task_id>/crops/<uuid:image_id>/<str:place>/<int:width>.webp",
        pictures.crop,
        name="task-crop",
    ),
    path(
        "review/<uuid:task_id>/pages/<uuid:image_id>.jpg",
        pictures.page,
        name="task-page",
    ),
    path(
        "review/<uuid:task_id>/words/<int:number>/", pictures.words, name="task-words"
    ),
    path("review/<uuid:task_id>/pictures/", pictures.ahead, name="task-pictures"),
    path("review/<uuid:task_id>/decide/", task.decide, name="task-decide"),
    path("review/<uuid:task_id>/skip/", task.skip, name="task-skip"),
    path("review/<uuid:task_id>/extend/", task.extend, name="task-extend"),
    path("review/<uuid:task_id>/put-back/", task.put_back, name="task-put-back"),
    path("review/<uuid:task_id>/close/", task.close, name="task-close"),
    path(
        "reprocesses/<uuid:reprocess_id>/ask/",
        differences.ask_differences,
        name="ask_differences",
    ),
    path("review/<uuid:task_id>/comment/", helping.comment, name="task-comment"),
    path("review/<uuid:task_id>/escalate/", helping.escalate, name="task-escalate"),
    path("review/<uuid:task_id>/return/", helping.give_back, name="task-return"),
    path("queue/report/", queue.report, name="queue-report"),
    path("upload/", upload.upload, name="upload"),
    path("runs/<uuid:run_id>/status/", upload.run_status, name="run-status"),
    path("runs/<uuid:run_id>/retry/", upload.run_retry, name="run-retry"),
    path("sources/", sources.sources, name="sources"),
    path("sources/export/", sources.export_sources, name="sources-export"),
    path("sources/<uuid:source_id>/", sources.source, name="source"),
    path("sources/<uuid:source_id>/original", media.original, name="original"),
    path("sources/<uuid:source_id>/erase/", erasing.erase, name="source-erase"),
    path("sources/<uuid:source_id>/review/", task.reopen, name="source-review"),
    path(
        "sources/<uuid:source_id>/history/",
        history.source_history,
        name="source-history",
    ),
    path(
        "promotions/<uuid:promotion_id>/roll-back/",
        promotions.promotion_roll_back,
        name="promotion-roll-back",
    ),
    path("versions/", include(version_urls)),
    path("artifacts/<uuid:artifact_id>/", sources.artifact, name="artifact"),
    path(
        "artifacts/<uuid:artifact_id>/file", media.artifact_file, name="artifact-file"
    ),
    path("artifacts/<uuid:artifact_id>/tiles/", tiles.page_tiles, name="page-tiles"),
    path(
        "artifacts/<uuid:artifact_id>/tiles/<int:level>/<int:x>-<int:y>.jpg",
        tiles.page_tile,
        name="page-tile",
    ),
    path(
        "artifacts/<uuid:artifact_id>/reproduce/",
        replays.artifact_reproduce,
        name="artifact-reproduce",
    ),
    path(
        "artifacts/<uuid:artifact_id>/replays/",
        replays.artifact_replays,
        name="artifact-replays",
    ),
    path("seen/", seen.seen, name="seen"),
    path("seen/export.<str:form>", seen.export, name="seen-export"),
    path("search/", search.search, name="search"),
    path("golden/", golden.golden_cases, name="golden-cases"),
    path("golden/<uuid:case_id>/", golden.golden_case, name="golden-case"),
]
