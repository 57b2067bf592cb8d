/** Why a viewer cannot open an incident. The API decides. */
export const MAY_NOT_OPEN_INCIDENT = "Viewers cannot open incidents. Ask an administrator for the Support role.";
