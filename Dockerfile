# All Cloudforet services of all providers on 50051, stateless, when started with no arguments; any other command of
# fleetgauge with some: `docker run … fleetgauge up --data /data`.
FROM node:24-slim AS build
WORKDIR /app
COPY . .
RUN node tools/bootstrap.cjs && npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
COPY --from=build /app /app
WORKDIR /app
ENV NODE_ENV=production FLEETGAUGE_DATA=/data
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 50051
ENTRYPOINT ["node", "bin/fleetgauge.cjs"]
CMD ["plugin"]
