# Two images of one file: `web` (web, responder, beat) and `watcher`. Their steps are in tools/image.sh.
#   docker build --target web -t vigie-web . && docker build --target watcher -t vigie-watcher .
FROM python:3.11-slim-bookworm AS built
WORKDIR /srv/vigie
COPY . .
RUN tools/image.sh build

FROM python:3.11-slim-bookworm AS base
ENV PATH=/opt/vigie/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VIGIE_VAR=/var/lib/vigie
WORKDIR /srv/vigie

FROM base AS web
COPY locks locks
COPY tools/image.sh tools/image.sh
RUN tools/image.sh install web /opt/vigie
COPY . .
COPY --from=built /srv/vigie/frontend/dist frontend/dist
COPY --from=built /srv/vigie/soc/locale soc/locale
RUN tools/image.sh account vigie /var/lib/vigie
USER vigie
VOLUME /var/lib/vigie
ENV HOST=0.0.0.0
EXPOSE 8000
CMD ["python", "-m", "soc.web"]

FROM base AS watcher
COPY locks locks
COPY tools/image.sh tools/image.sh
RUN tools/image.sh install watch /opt/vigie
COPY . .
COPY --from=built /srv/vigie/soc/locale soc/locale
# A volume that is empty takes what the image has at its place: the verified weights and the exported detector.
COPY --from=built /srv/vigie/var/models /var/lib/vigie/models
COPY --from=built /srv/vigie/var/footage /var/lib/vigie/footage
RUN tools/image.sh account vigie /var/lib/vigie
USER vigie
VOLUME /var/lib/vigie
# Django's checks read the URLs, and the web's packages are not here.
ENV CELERY_SKIP_CHECKS=1
CMD ["python", "-m", "celery", "-A", "soc.celery", "worker", "--pool", "threads", "--without-gossip", "--without-mingle", "--without-heartbeat", "-Q", "detection", "-n", "watcher@%h", "-c", "10"]
