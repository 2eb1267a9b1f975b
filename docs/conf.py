"""Sphinx configuration. Pages are MyST markdown; those with code cells are executed at every build."""

import os
import sys
from pathlib import Path

import partialpool

HERE = Path(__file__).parent
# Tables are made from the package and from the figures that its tests use. Notebooks run in processes of their own, which
# shall find the same modules.
MODULES = [str(HERE / "_ext"), str(HERE.parent / "tests"), str(HERE.parent / "benchmarks")]
sys.path[:0] = MODULES
os.environ["PYTHONPATH"] = os.pathsep.join([*MODULES, *filter(None, [os.environ.get("PYTHONPATH")])])

project = "partialpool"
author = "The partialpool developers"
copyright = author
version = release = partialpool.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
    "public_names",
    "live_tables",
    "gallery",
]
exclude_patterns = ["_build", "_ext", "jupyter_execute", "**.ipynb_checkpoints"]
templates_path = ["_templates"]
default_role = "code"

# Pages ----------------------------------------------------------------------------------------------------------------

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_in_temp = True
nb_merge_streams = True
copybutton_exclude = ".linenos, .gp, .go"

# Reference ------------------------------------------------------------------------------------------------------------

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# Look -----------------------------------------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "partialpool"
html_static_path = ["_static"]
html_css_files = ["partialpool.css"]
html_favicon = "_static/mark.svg"
html_show_sourcelink = False
html_copy_source = False
# A page that has no siblings needs no list of them.
html_sidebars = {page: [] for page in ("index", "changelog", "installation", "families/**", "coming_from/**")}
html_theme_options = {
    "logo": {"text": "partialpool", "image_light": "_static/mark.svg", "image_dark": "_static/mark.svg"},
    "header_links_before_dropdown": 8,
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "pygments_light_style": "friendly",
    "pygments_dark_style": "github-dark",
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
}


def setup(app):
    """Make the folder of static files at once: the theme copies its logo there even when a build fails before it exists."""
    (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)
