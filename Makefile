# Each target sets up its virtual environment first, where that is needed.
PYTHON = python3
VENV = .venv
REQUIREMENTS = tests/requirements.txt
RUN = $(VENV)/bin/python

.PHONY: demo test check lint docs sweep bench results clean install-for-tests

demo: $(VENV)/installed  ## Train the vanilla autoencoder, draw its pictures
	$(RUN) mains/0-main.py

test: $(VENV)/installed-for-tests  ## Run the tests, on all cores
	$(RUN) -m pytest -n auto --maxprocesses 8 --dist worksteal

check:  ## Check a solution: make check SOLUTION=folder
	@test -n "$(SOLUTION)" || { \
		echo 'Name the folder: make check SOLUTION=folder'; exit 2; }
	@$(MAKE) -s $(VENV)/installed
	$(RUN) -m checker "$(SOLUTION)"

lint: $(VENV)/installed-for-tests  ## Check the style
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

docs: $(VENV)/installed  ## Write the pages that come from the checker's tables
	$(RUN) -m checker.pages

N = 20
sweep: $(VENV)/installed-for-tests  ## Judge correct modules with N seeds
	$(RUN) experiments/sweep.py --seeds $(N)

bench: $(VENV)/installed  ## Measure the speed of training
	$(RUN) benchmarks/speed.py

results:  ## Print the tables of the texts, from what is recorded
	$(PYTHON) experiments/tables.py
	$(PYTHON) benchmarks/report.py

install-for-tests: $(VENV)/installed-for-tests  ## Install what tests need

clean:  ## Remove what was installed, built and trained: results, too
	rm -rf .venv* results build *.egg-info .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install -r requirements.txt
	touch $@

$(VENV)/installed-for-tests: $(REQUIREMENTS) tests/requirements.txt \
		requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install -r $(REQUIREMENTS)
	touch $@
