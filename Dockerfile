# Two stages: the wheels are made where a compiler could be had, the image carries the result alone.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements/ requirements/
RUN python -m venv /opt/emulator \
 && /opt/emulator/bin/python -m pip install --no-cache-dir --require-hashes -r requirements/serve.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY emulator/ emulator/
COPY openapi/ openapi/
COPY fixtures/ fixtures/
RUN /opt/emulator/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
COPY --from=build /opt/emulator /opt/emulator
ENV PATH=/opt/emulator/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 EMULATOR_HOST=0.0.0.0
USER 10001:10001
WORKDIR /tmp
EXPOSE 8402
HEALTHCHECK --interval=5s --timeout=3s --start-period=2s CMD ["image-edit-emulator", "health"]
ENTRYPOINT ["image-edit-emulator"]
CMD ["serve"]
