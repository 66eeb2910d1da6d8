"""What the mains share: options, digits, training and pictures."""
import sys
from pathlib import Path

# The folder of the four modules, which the mains import by name.
ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))
