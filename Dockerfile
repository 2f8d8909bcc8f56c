# JupyterLab with the kit, for compose.yaml: the versions of requirements.lock, run by no root.
FROM python:3.11-slim

# 1000 is the first person's id on most Linux machines, so mounted notebooks can be written.
RUN useradd --uid 1000 --create-home learner && mkdir /app && chown learner /app
WORKDIR /app
USER learner
ENV PATH=/app/.venv/bin:$PATH PIP_NO_CACHE_DIR=1

# What decides the environment first, so that a change of a lesson does not install it anew.
COPY --chown=learner pyproject.toml requirements.lock install.py README.md LICENSE ./
COPY --chown=learner wellness wellness
RUN python install.py lab
COPY --chown=learner data data
COPY --chown=learner notebooks notebooks

# All interfaces of the container; compose publishes the port on the host's loopback only.
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser", \
     "--ServerApp.root_dir=/app", "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"]
