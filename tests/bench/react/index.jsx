// The same two pages in ordinary React: a button to log in, a name, a button to log out.

import { createRoot } from "react-dom/client";
import { AuthProvider, useAuth } from "react-oidc-context";

function Home() {
  const auth = useAuth();
  if (auth.isLoading) return <p role="status">One moment…</p>;
  if (auth.error) {
    return (
      <div role="alert">
        <p>The login did not work.</p>
        <button onClick={() => auth.signinRedirect()}>Try again</button>
      </div>
    );
  }
  if (!auth.isAuthenticated) return <button onClick={() => auth.signinRedirect()}>Log in</button>;
  return (
    <>
      <h1>{auth.user.profile.name}</h1>
      <button onClick={() => auth.removeUser()}>Log out</button>
    </>
  );
}

createRoot(document.getElementById("app")).render(
  <AuthProvider authority="https://login.example" client_id="app" redirect_uri={`${location.origin}/auth`}>
    <Home />
  </AuthProvider>,
);
