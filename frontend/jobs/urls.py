"""The addresses of the pages of jobs."""

from django.urls import path

from frontend.jobs import views

urlpatterns = [
    path("jobs", views.jobs, name="jobs"),
    path("jobs/<uuid:number>", views.job, name="job"),
    path("jobs/<uuid:number>/file", views.file, name="job-file"),
]
