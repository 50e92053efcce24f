//! Where sessions come from: regions that are real, with providers that are not.

pub struct Place {
    pub country: &'static str,
    pub country_name: &'static str,
    pub region: &'static str,
    pub region_name: &'static str,
    pub provider: &'static str,
    /// In degrees.
    pub latitude: f64,
    pub longitude: f64,
}

const fn place(
    country: [&'static str; 2],
    region: [&'static str; 2],
    provider: &'static str,
    at: [f64; 2],
) -> Place {
    let ([country, country_name], [region, region_name]) = (country, region);
    let [latitude, longitude] = at;
    Place { country, country_name, region, region_name, provider, latitude, longitude }
}

pub const PLACES: [Place; 10] = [
    place(["US", "United States"], ["CA", "California"], "Sample Cable", [37.7, -122.4]),
    place(["US", "United States"], ["NY", "New York"], "Placeholder Fiber", [40.7, -74.0]),
    place(["DE", "Germany"], ["BE", "Berlin"], "Muster Netz", [52.5, 13.4]),
    place(["GB", "United Kingdom"], ["ENG", "England"], "Specimen Broadband", [51.5, -0.1]),
    place(["NG", "Nigeria"], ["LA", "Lagos"], "Example Mobile", [6.5, 3.4]),
    place(["BR", "Brazil"], ["SP", "São Paulo"], "Exemplo Fibra", [-23.5, -46.6]),
    place(["IN", "India"], ["MH", "Maharashtra"], "Namuna Telecom", [19.0, 72.8]),
    place(["JP", "Japan"], ["13", "Tokyo"], "Mihon Hikari", [35.7, 139.7]),
    place(["AE", "United Arab Emirates"], ["DU", "Dubai"], "Mithal Net", [25.2, 55.3]),
    place(["UA", "Ukraine"], ["30", "Kyiv"], "Zrazok Online", [50.4, 30.5]),
];
