import DiscordProvider
import Engine
import PostHogProvider
import StripeProvider

/// Every provider that this build of hogsend knows; add yours here.
let providers: [any Provider] = [
    PostHog(),
    Stripe(),
    Discord(),
]
