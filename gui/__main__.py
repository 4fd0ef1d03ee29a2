"""`python -m layerloom` and `python -m gui`: the same as the `layerloom` command."""

import layerloom

raise SystemExit(layerloom.main())
