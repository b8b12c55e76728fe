# pincite in a container: the steps of `make setup` in one stage, the environment they made in the next.
#   docker build -t pincite .
#   docker run --rm -v ./corpus:/corpus:ro -v pincite-library:/library -v pincite-cache:/cache pincite ingest /corpus
#   docker compose up
# Alone, `docker run pincite` refuses to serve whoever comes: set a log-in in pincite.toml, or add `serve --host 0.0.0.0 --open`.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/pincite
COPY lock/run.txt lock/run.txt
# As tools/bootstrap.py: the lock is complete and each file's hash is checked; torch comes last, exactly. Its public
# Linux build is made for graphics cards and brings their libraries, without which it does not start: give
# --build-arg TORCH=... with the address of a build for CPUs to save 3 GB.
RUN /opt/pincite/bin/pip install --no-deps --require-hashes -r lock/run.txt
# --build-arg EXTRA=postgres adds what a library on PostgreSQL needs, EXTRA="postgres milvus" a search on Milvus too,
# "ray" what an ingest on a Ray cluster and its nodes need.
COPY lock/postgres.txt lock/milvus.txt lock/
COPY lock/ray.txt lock/s3.txt lock/
ARG EXTRA=""
RUN for one in ${EXTRA}; do /opt/pincite/bin/pip install --no-deps --require-hashes -r "lock/${one}.txt" || exit 1; done
ARG TORCH=torch==2.13.0
RUN /opt/pincite/bin/pip install "${TORCH}"
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY docs/man docs/man
COPY app app
COPY ingest ingest
COPY index index
COPY evals evals
RUN /opt/pincite/bin/pip install --no-deps --no-build-isolation .

FROM python:${PYTHON}-slim-bookworm
# Scanned pages are read by tesseract, in the languages of most of our papers.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tesseract-ocr tesseract-ocr-spa tesseract-ocr-por libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin pincite \
    && install -d -o pincite -g pincite /corpus /library /cache
COPY --from=build /opt/pincite /opt/pincite
ENV PATH=/opt/pincite/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    PINCITE_CORPUS=/corpus \
    PINCITE_LIBRARY=/library \
    PINCITE_CACHE=/cache
VOLUME ["/library", "/cache"]
WORKDIR /tmp
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/api/health', timeout=4)"]
ENTRYPOINT ["pincite"]
CMD ["serve", "--host", "0.0.0.0"]
