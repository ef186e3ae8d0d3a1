// All scenarios, on one VS Code: starting it takes longer than a scenario.

import './fixes.mjs';
import './outside.mjs';
import './server.mjs';
