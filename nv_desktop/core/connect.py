"""How an account becomes a client that can call: its key, its limiter, and for the sandbox its server."""

from __future__ import annotations

import threading

from nv_desktop.core.accounts import Account, Accounts, check_host
from nv_desktop.core.api import Client
from nv_desktop.core.demo import DemoServer
from nv_desktop.core.errors import Refused, Rejected
from nv_desktop.core.keys import KeyStore, Secret
from nv_desktop.core.limiter import Limiter
from nv_desktop.core.settings import Paths, Settings

API_PATH = "/api/v1/"


class Connections:
    """Makes clients for accounts; owns the sandbox's child process, which it starts when first needed.

    Every method may block (keyring, start of the sandbox) and may be called from any thread.
    """

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        accounts: Accounts,
        keys: KeyStore,
        sandbox_url: str | None = None,
    ) -> None:
        """`sandbox_url`: a sandbox that runs already, for every client of the sandbox account."""
        self._paths = paths
        self._settings = settings
        self._accounts = accounts
        self._keys = keys
        self._lock = threading.Lock()
        self._demo: DemoServer | None = None
        self._sandbox_url = sandbox_url

    def client(
        self, account: Account, sandbox_url: str | None = None, *, secret: Secret | None = None
    ) -> Client:
        """A client for this account; the caller closes it.

        `sandbox_url` points the sandbox account at a server that runs already (loopback only). `secret`
        is a key that is not kept yet, to be tested.
        Raises Rejected, Refused (no key kept), NoKeyring, AppError (the sandbox did not start).
        """
        base_url = None
        if account.is_sandbox:
            base_url = self._sandbox_host(sandbox_url or self._sandbox_url)
        elif sandbox_url:
            raise Rejected(
                f"“{account.name}” is not the sandbox, so it cannot be pointed at one.",
                "Use --account sandbox with --sandbox-url.",
            )
        secret = secret or self._secret(account)
        limiter = Limiter(
            self._paths.user_state(), rate=self._settings.limit, share=self._settings.limit_share / 100
        )
        return Client(
            account,
            secret,
            limiter,
            base_url=base_url,
            proxy=self._settings.proxy,
            opt_in_as_strings=self._settings.opt_in_as_strings,
        )

    def close(self) -> None:
        """Stop the sandbox's server, if it was started here."""
        with self._lock:
            demo, self._demo = self._demo, None
        if demo:
            demo.close()

    def _sandbox_host(self, url: str | None) -> str:
        if url:
            host = check_host(url, local=True)
            if host.startswith("https:"):
                raise Rejected("The sandbox is on this computer only.", "Give its http://127.0.0.1:PORT.")
            return host if host.endswith(API_PATH) else host.rstrip("/") + API_PATH
        with self._lock:
            self._demo = self._demo or DemoServer(self._paths)
            return self._demo.url + API_PATH

    def _secret(self, account: Account) -> Secret:
        secret = self._keys.get(account.id)
        if secret is None:
            raise Refused(
                f"No key is kept on this computer for “{account.name}”.",
                "Add it under Accounts (or: accounts add).",
            )
        return secret
