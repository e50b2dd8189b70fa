import Engine
import PostHogProvider

/// Every provider that this build of hogsend knows; add yours here.
let providers: [any Provider] = [
    PostHog()
]
