#!/usr/bin/env python3
# Starts a program whose packages are in `lib`, beside this file's folder. Both can be moved together.
import os
import sys

folder = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
installed_with = (0, 0)
if sys.version_info[:2] != installed_with:
    sys.exit("%s was installed with Python %d.%d, but python3 is now %d.%d: remove this folder and run the set-up again"
             % ((folder,) + installed_with + sys.version_info[:2]))
sys.path.insert(0, os.path.join(folder, "lib"))

from @MODULE@ import @FUNCTION@ as main

version = "@VERSION@"
if version and sys.argv[1:] == ["--version"]:
    print(version)
else:
    sys.exit(main())
