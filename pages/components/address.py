"""Let JSX read the address's filter without contradicting the page as it was built: `useQuery` of `address.jsx`."""

from pages.components.local_file import jsx

FILE = jsx(__name__, "address.jsx")
