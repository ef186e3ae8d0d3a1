// All scenarios, on one VS Code: starting it takes longer than a scenario.

import './clients.mjs';
import './commands.mjs';
import './fixes.mjs';
import './gopls.mjs';
import './outside.mjs';
import './server.mjs';
import './status.mjs';
import './trust.mjs';
import './workspaces.mjs';
import { run } from './scenario.mjs';

run();
