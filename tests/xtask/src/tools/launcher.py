#!/usr/bin/env python3
# Starts a program whose parts lie in `lib`, beside the folder of this file: wherever both are moved, they stay together.
import os
import sys

folder = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
installed_with = (0, 0)
if sys.version_info[:2] != installed_with:
    sys.exit("%s was installed with Python %d.%d, and python3 is %d.%d now: remove that folder and set it up again"
             % ((folder,) + installed_with + sys.version_info[:2]))
sys.path.insert(0, os.path.join(folder, "lib"))

from @MODULE@ import @FUNCTION@ as main

version = "@VERSION@"
if version and sys.argv[1:] == ["--version"]:
    print(version)
else:
    sys.exit(main())
